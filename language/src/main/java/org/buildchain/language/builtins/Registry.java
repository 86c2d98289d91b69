package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.eval.BuiltinDef;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;

/** Collects definitions. */
final class Registry {
  @FunctionalInterface
  interface One {
    Value apply(Evaluator ev, Value a);
  }

  @FunctionalInterface
  interface Two {
    Value apply(Evaluator ev, Value a, Value b);
  }

  @FunctionalInterface
  interface Three {
    Value apply(Evaluator ev, Value a, Value b, Value c);
  }

  private final List<BuiltinDef> defs = new ArrayList<>();

  List<BuiltinDef> defs() {
    return defs;
  }

  /** A function of one argument, in scope as {@code __name}. */
  void one(String name, One f) {
    defs.add(new BuiltinDef(name, 1, false, (ev, a) -> f.apply(ev, a[0])));
  }

  /** A function of one argument, in scope under its plain name. */
  void globalOne(String name, One f) {
    defs.add(new BuiltinDef(name, 1, true, (ev, a) -> f.apply(ev, a[0])));
  }

  void two(String name, Two f) {
    defs.add(new BuiltinDef(name, 2, false, (ev, a) -> f.apply(ev, a[0], a[1])));
  }

  void globalTwo(String name, Two f) {
    defs.add(new BuiltinDef(name, 2, true, (ev, a) -> f.apply(ev, a[0], a[1])));
  }

  void three(String name, Three f) {
    defs.add(new BuiltinDef(name, 3, false, (ev, a) -> f.apply(ev, a[0], a[1], a[2])));
  }
}
