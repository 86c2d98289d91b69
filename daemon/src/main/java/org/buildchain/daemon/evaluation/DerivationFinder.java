package org.buildchain.daemon.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/**
 * The derivations in a value: itself, those in a list, those in a set and in sets below it that say
 * {@code recurseForDerivations}. Source: {@code getDerivations} in {@code get-drvs.cc}.
 */
final class DerivationFinder {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9\\-_+]*");

  private final Evaluator ev;
  private final Attrs arguments;
  private final boolean skipAssertions;
  private final List<Package> found = new ArrayList<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * @param skipAssertions whether what fails by an assertion or {@code throw} is passed over
   */
  DerivationFinder(Evaluator ev, Attrs arguments, boolean skipAssertions) {
    this.ev = ev;
    this.arguments = arguments;
    this.skipAssertions = skipAssertions;
  }

  /**
   * What {@code v} holds.
   *
   * @param path by which it was reached
   */
  List<Package> in(Value v, String path) {
    search(v, path);
    return found;
  }

  private void search(Value value, String path) {
    Value v = ev.autoCall(value, arguments);
    if (take(v, path)) {
      return;
    }
    switch (v) {
      case Attrs a -> members(a, path);
      case Value.List l -> {
        for (int i = 0; i < l.size(); i++) {
          String below = joined(path, Integer.toString(i));
          if (!take(l.get(i), below)) {
            search(l.get(i), below);
          }
        }
      }
      default ->
          throw EvalException.type(
              "expression does not evaluate to a derivation (or a set or list of those)");
    }
  }

  private void members(Attrs a, String path) {
    try (Ahead.Scope _ = ev.ahead(a.valuesByName(), this::prepare)) {
      membersInOrder(a, path);
    }
  }

  /** Forces what the search is going to need of a member. */
  private void prepare(Value v) {
    if (!(ev.force(v) instanceof Attrs a)) {
      return;
    }
    if (ev.isDerivation(a)) {
      force(a, "name");
    } else if (force(a, "recurseForDerivations") == Value.Bool.TRUE) {
      Value[] members = a.valuesByName();
      for (int i = members.length - 1; i >= 0; i--) {
        prepareMember(members[i]);
      }
    }
  }

  private void prepareMember(Value v) {
    ev.enter(Pos.NONE);
    try {
      prepare(v);
    } catch (EvalException e) {
      // The search meets it again; the others may do without.
    } finally {
      ev.leave();
    }
  }

  private Value force(Attrs a, String name) {
    Value v = a.get(ev.symbols().of(name));
    return v == null ? Value.Null.NULL : ev.force(v);
  }

  private void membersInOrder(Attrs a, String path) {
    // How nix-env marks the set that it makes of a folder of expressions.
    boolean all = a.get(ev.symbols().of("_combineChannels")) != null;
    for (int i : a.byName()) {
      String name = a.name(i).name();
      if (!NAME.matcher(name).matches()) {
        continue;
      }
      try {
        if (all) {
          search(a.value(i), joined(path, name));
        } else {
          member(a.value(i), joined(path, name));
        }
      } catch (EvalException e) {
        throw e.trace(a.pos(i), "while evaluating the attribute '" + name + "'");
      }
    }
  }

  private static String joined(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private void member(Value v, String path) {
    if (take(v, path) || !(ev.force(v) instanceof Attrs a)) {
      return;
    }
    Value recurse = a.get(ev.symbols().of("recurseForDerivations"));
    if (recurse != null
        && ev.bool(recurse, Pos.NONE, "while evaluating the attribute `recurseForDerivations`")) {
      search(v, path);
    }
  }

  /** Whether {@code v} needs no search: it is a derivation, remembered once, or to be skipped. */
  private boolean take(Value v, String path) {
    try {
      if (!ev.isDerivation(v)) {
        return false;
      }
      Attrs a = (Attrs) ev.force(v);
      if (seen.add(a)) {
        Package p = new Package(ev, path, a);
        // A derivation without a name is an error wherever it is met.
        String unused = p.name();
        found.add(p);
      }
      return true;
    } catch (EvalException e) {
      if (skipAssertions && Package.isAssertion(e)) {
        return true;
      }
      throw e;
    }
  }
}
