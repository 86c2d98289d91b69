package org.buildchain.daemon.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.store.path.StorePath;

/**
 * The derivations that an attribute's value stands for where Nix's newer commands are given its
 * path. Source: {@code InstallableAttrPath::toDerivedPaths} of Nix 2.26.
 */
final class Installable {
  private Installable() {}

  /**
   * The derivations by their paths, each with all outputs meant.
   *
   * @throws EvalException if the value is none and holds none
   */
  static List<Found> found(Evaluator ev, Attrs arguments, Value value, OutputsSpec outputs) {
    Optional<Found> single = ofString(ev, value);
    if (single.isPresent()) {
      return List.of(single.get());
    }
    SortedMap<String, StorePath> paths = new TreeMap<>();
    SortedMap<String, SortedSet<String>> names = new TreeMap<>();
    List<Package> packages = Evaluation.packages(ev, arguments, value, "", false);
    try (Ahead.Scope _ = Package.ahead(ev, packages)) {
      for (Package p : packages) {
        StorePath drv = p.requiredDrvPath();
        paths.put(drv.toString(), drv);
        names
            .computeIfAbsent(drv.toString(), d -> new TreeSet<>())
            .addAll(outputs.isExplicit() ? outputs.of(known(ev, drv)) : p.outputsToInstall());
      }
    }
    List<Found> all = new ArrayList<>();
    names.forEach((drv, of) -> of.forEach(o -> all.add(new Found("", paths.get(drv), o))));
    return List.copyOf(all);
  }

  /** What a string stands for: the output whose path it is. */
  private static Optional<Found> ofString(Evaluator ev, Value value) {
    if (!(ev.force(value) instanceof Str s)) {
      return Optional.empty();
    }
    List<Context.Element> context = List.copyOf(s.context().sorted());
    if (context.size() != 1) {
      throw EvalException.other(
          "string '"
              + s.value()
              + "' has "
              + context.size()
              + " entries in its context. It should only have exactly one entry");
    }
    return context.getFirst() instanceof Context.Built b
        ? Optional.of(new Found("", b.path(), b.output()))
        : Optional.empty();
  }

  private static SortedSet<String> known(Evaluator ev, StorePath drv) {
    try {
      return new TreeSet<>(ev.host().readDerivation(drv).outputs().keySet());
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
