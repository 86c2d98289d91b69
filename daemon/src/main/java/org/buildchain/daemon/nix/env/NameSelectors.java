package org.buildchain.daemon.nix.env;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.evaluation.Package;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;

/**
 * Picks packages by name: each selector is a regular expression for the name without its version,
 * perhaps with a version after it, or {@code *}. Source: {@code filterBySelector} in {@code
 * nix-env.cc}.
 */
final class NameSelectors {
  private static final int SUGGESTIONS = 3;

  private final Evaluator ev;
  private final List<String> selectors;

  NameSelectors(Evaluator ev, List<String> selectors) {
    this.ev = ev;
    this.selectors = selectors;
  }

  /** A name and its version, which may be empty. */
  record DrvName(String name, String version) {
    /** The version begins after the first dash that no letter follows. */
    static DrvName of(String full) {
      for (int i = 0; i + 1 < full.length(); i++) {
        char next = full.charAt(i + 1);
        boolean letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        if (full.charAt(i) == '-' && !letter) {
          return new DrvName(full.substring(0, i), full.substring(i + 1));
        }
      }
      return new DrvName(full, "");
    }
  }

  /**
   * Those that a selector picks, selector by selector; all if there is none.
   *
   * @throws CommandException if one picks nothing
   */
  List<Package> choose(List<Package> all) {
    if (selectors.isEmpty()) {
      return new ArrayList<>(all);
    }
    Set<Package> chosen = new LinkedHashSet<>();
    for (String selector : selectors) {
      List<Package> hits = all.stream().filter(p -> matches(selector, p)).toList();
      if (hits.isEmpty() && !selector.equals("*")) {
        throw new CommandException(
            "selector '" + selector + "' matches no derivations" + suggestions(selector, all));
      }
      chosen.addAll(hits);
    }
    return new ArrayList<>(chosen);
  }

  private boolean matches(String selector, Package p) {
    DrvName wanted = DrvName.of(selector);
    DrvName has = DrvName.of(p.name());
    return (wanted.name().equals("*") || matches(wanted.name(), has.name()))
        && (wanted.version().isEmpty() || wanted.version().equals(has.version()));
  }

  private boolean matches(String expression, String name) {
    Value match = ev.select(ev.builtins(), "match", new Attrs.Builder(0).build());
    return ev.call(match, new Str(expression), new Str(name)) != Value.Null.NULL;
  }

  private static String suggestions(String selector, List<Package> all) {
    SortedSet<String> names = new TreeSet<>();
    String prefix = DrvName.of(selector).name();
    for (Package p : all) {
      String name = DrvName.of(p.name()).name();
      if (name.startsWith(prefix) && names.size() < SUGGESTIONS) {
        names.add(name);
      }
    }
    return names.isEmpty() ? "" : ", maybe you meant:\n" + String.join("\n", names);
  }
}
