package org.buildchain.language.eval;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Forces a value and all that it holds; what occurs twice is visited once. */
final class DeepForce {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Evaluator ev;

  DeepForce(Evaluator ev) {
    this.ev = ev;
  }

  void force(Value v) {
    ev.enter(Evaluator.placeOf(v));
    try {
      forceHere(v);
    } finally {
      ev.leave();
    }
  }

  private void forceHere(Value v) {
    Value f = v instanceof Thunk t ? t.force(t.place()) : v;
    switch (f) {
      case Attrs a -> {
        if (seen.add(a)) {
          for (int i = 0; i < a.size(); i++) {
            try {
              force(a.value(i));
            } catch (EvalException e) {
              throw e.trace(a.pos(i), "while evaluating the attribute '" + a.name(i) + "'");
            }
          }
        }
      }
      case Value.List l -> {
        if (l.size() > 0 && seen.add(l)) {
          for (Value e : l.elements()) {
            force(e);
          }
        }
      }
      default -> {}
    }
  }
}
