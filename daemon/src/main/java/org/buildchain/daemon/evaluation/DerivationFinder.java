package org.buildchain.daemon.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * The derivations in a value: itself, those in a list, those in a set and in sets below it that say
 * {@code recurseForDerivations}. Source: {@code get-drvs.cc}.
 */
final class DerivationFinder {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9\\-_+]*");

  private final Evaluator ev;
  private final Attrs arguments;
  private final List<Found> found = new ArrayList<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  DerivationFinder(Evaluator ev, Attrs arguments) {
    this.ev = ev;
    this.arguments = arguments;
  }

  List<Found> in(Value v) {
    search(v, "");
    return found;
  }

  private void search(Value value, String path) {
    Value v = ev.autoCall(value, arguments);
    if (take(v, path)) {
      return;
    }
    switch (v) {
      case Attrs a -> {
        for (int i : a.byName()) {
          String name = a.name(i).name();
          if (NAME.matcher(name).matches()) {
            try {
              member(a.value(i), path.isEmpty() ? name : path + "." + name);
            } catch (EvalException e) {
              throw e.trace(a.pos(i), "while evaluating the attribute '" + name + "'");
            }
          }
        }
      }
      case Value.List l -> {
        for (int i = 0; i < l.size(); i++) {
          String below = path.isEmpty() ? Integer.toString(i) : path + "." + i;
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

  /** Whether {@code v} is a derivation; it is remembered once. */
  private boolean take(Value v, String path) {
    if (!ev.isDerivation(v)) {
      return false;
    }
    Attrs a = (Attrs) ev.force(v);
    if (seen.add(a)) {
      found.add(new Found(path, drvPath(a), output(a)));
    }
    return true;
  }

  private StorePath drvPath(Attrs a) {
    Value v = a.get(ev.symbols().of("drvPath"));
    if (v == null) {
      throw EvalException.other("derivation does not contain a 'drvPath' attribute");
    }
    Str s = ev.string(v, Pos.NONE, "while evaluating the 'drvPath' attribute of a derivation");
    try {
      return ev.host().storeDir().parse(s.value());
    } catch (FormatException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private String output(Attrs a) {
    Value v = a.get(ev.symbols().of("outputName"));
    return v == null
        ? "out"
        : ev.string(v, Pos.NONE, "while evaluating the output name of a derivation").value();
  }
}
