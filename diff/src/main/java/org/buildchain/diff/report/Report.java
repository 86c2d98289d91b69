package org.buildchain.diff.report;

import java.util.List;
import java.util.Map;

/**
 * In what two outputs differ.
 *
 * @param differences in the order of paths; at most {@link #MAX_DIFFERENCES}
 * @param classes how many differences of each class there are, those left out included
 * @param effect the furthest-reaching of all, those left out included; {@link Effect#NONE} for
 *     equal outputs
 * @param omitted how many differences were left out of the list
 */
public record Report(
    List<Difference> differences, Map<DifferenceClass, Long> classes, Effect effect, long omitted) {
  /** The most differences that are listed; what more there are is counted. */
  public static final int MAX_DIFFERENCES = 10_000;

  public Report {
    differences = List.copyOf(differences);
    classes = Map.copyOf(classes);
  }

  /** Whether the outputs are equal. */
  public boolean same() {
    return classes.isEmpty();
  }

  /** Whether they are equal, or differ only in what nothing that runs reads. */
  public boolean harmless() {
    return effect == Effect.NONE;
  }

  /** {@code same}, {@code harmless}, {@code data} or {@code code}. */
  public String verdict() {
    return same() ? "same" : harmless() ? "harmless" : effect.label();
  }
}
