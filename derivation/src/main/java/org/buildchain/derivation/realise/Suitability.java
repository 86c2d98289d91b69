package org.buildchain.derivation.realise;

import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildException;

/**
 * Whether a machine can build a derivation, as far as that is known before anything is fetched or
 * built for it.
 *
 * @param otherSystem the system that it is for, where that isn't the machine's nor one of its extra
 *     platforms
 * @param missingFeatures what it requires and the machine doesn't have
 */
public record Suitability(Optional<String> otherSystem, SortedSet<String> missingFeatures) {

  /**
   * Compares a derivation's needs with what a machine has.
   *
   * @throws BuildException if the derivation doesn't say them in a form that can be read
   */
  public static Suitability of(
      Derivation drv,
      String label,
      String system,
      Set<String> extraPlatforms,
      Set<String> systemFeatures) {
    SortedSet<String> required = new Attributes(drv, label).requiredSystemFeatures();
    return of(drv, required, system, extraPlatforms, systemFeatures);
  }

  static Suitability of(
      Derivation drv,
      SortedSet<String> required,
      String system,
      Set<String> extraPlatforms,
      Set<String> systemFeatures) {
    boolean platform =
        drv.isBuiltin() || drv.system().equals(system) || extraPlatforms.contains(drv.system());
    SortedSet<String> missing = new TreeSet<>(required);
    missing.removeAll(systemFeatures);
    return new Suitability(platform ? Optional.empty() : Optional.of(drv.system()), missing);
  }

  /** Whether nothing is in the way. */
  public boolean fits() {
    return otherSystem.isEmpty() && missingFeatures.isEmpty();
  }
}
