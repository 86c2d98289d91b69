package org.buildchain.derivation.realise;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.Placeholders;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Replaces the inputs of a derivation whose paths were not known when it was made by what they
 * became. Source: {@code Derivation::tryResolve} of Nix 2.26; Nix manual, "Derivation resolution".
 */
final class Resolution {
  private Resolution() {}

  /** Whether a derivation must be resolved before it is built. */
  static boolean isNeeded(Derivation drv, boolean anyInputUnknown) {
    if (drv.inputDerivations().isEmpty()) {
      return false;
    }
    return switch (drv.kind()) {
      case INPUT_ADDRESSED -> false;
      case DEFERRED, FLOATING, IMPURE -> true;
      case FIXED -> anyInputUnknown;
    };
  }

  /**
   * The resolved derivation: it has input sources only.
   *
   * @param built gives the path of an input derivation's output
   */
  static OutputPaths.Finished resolve(
      Derivation drv,
      BiFunction<StorePath, String, StorePath> built,
      OutputPaths paths,
      StoreDir dir) {
    SortedMap<String, String> replaced = new TreeMap<>();
    SortedSet<StorePath> sources = new TreeSet<>(drv.inputSources());
    for (Map.Entry<StorePath, SortedSet<String>> input : drv.inputDerivations().entrySet()) {
      for (String output : input.getValue()) {
        StorePath path = built.apply(input.getKey(), output);
        sources.add(path);
        replaced.put(Placeholders.ofUpstream(input.getKey(), output), dir.print(path));
      }
    }
    Rewrites rewrites = new Rewrites(replaced);
    SortedMap<String, String> env = new TreeMap<>();
    drv.env().forEach((k, v) -> env.put(rewrites.apply(k), rewrites.apply(v)));
    Derivation resolved =
        new Derivation(
            drv.name(),
            drv.outputs(),
            Collections.emptySortedMap(),
            sources,
            drv.system(),
            rewrites.apply(drv.builder()),
            drv.args().stream().map(rewrites::apply).toList(),
            env);
    if (drv.outputs().values().stream().anyMatch(DerivationOutput.Deferred.class::isInstance)) {
      return paths.finish(resolved);
    }
    return new OutputPaths.Finished(resolved, paths.pathOf(resolved), resolved.toText(dir));
  }
}
