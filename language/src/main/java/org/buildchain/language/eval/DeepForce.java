package org.buildchain.language.eval;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.buildchain.language.error.EvalException;

/** Forces a value and all that it holds; what occurs twice is visited once. */
final class DeepForce {
  private final Set<Object> seen =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
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
          attributes(a);
        }
      }
      case Value.List l -> {
        if (l.size() > 0 && seen.add(l)) {
          try (Ahead.Scope _ = ev.ahead(l.elements(), new DeepForce(ev)::force)) {
            for (Value e : l.elements()) {
              force(e);
            }
          }
        }
      }
      default -> {}
    }
  }

  private void attributes(Attrs a) {
    try (Ahead.Scope _ = ev.ahead(a.values(), new DeepForce(ev)::force)) {
      for (int i = 0; i < a.size(); i++) {
        try {
          force(a.value(i));
        } catch (EvalException e) {
          throw e.trace(a.pos(i), "while evaluating the attribute '" + a.name(i) + "'");
        }
      }
    }
  }
}
