package org.buildchain.language.builtins;

import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/** The order of {@code <}. Source: {@code CompareValues} in {@code primops.cc}. */
final class Order {
  private final Evaluator ev;
  private final String context;

  Order(Evaluator ev, String context) {
    this.ev = ev;
    this.context = context;
  }

  boolean less(Value x, Value y) {
    Value a = ev.force(x);
    Value b = ev.force(y);
    if (a instanceof Value.Float f && b instanceof Value.Int j) {
      return f.value() < j.value();
    }
    if (a instanceof Value.Int i && b instanceof Value.Float g) {
      return i.value() < g.value();
    }
    return switch (a) {
      case Value.Int i when b instanceof Value.Int j -> i.value() < j.value();
      case Value.Float f when b instanceof Value.Float g -> f.value() < g.value();
      case Str s when b instanceof Str t -> s.value().compareTo(t.value()) < 0;
      case Value.Path p when b instanceof Value.Path q -> p.path().compareTo(q.path()) < 0;
      case Value.List l when b instanceof Value.List m -> lists(l, m);
      default -> throw cannot(a, b);
    };
  }

  private EvalException cannot(Value a, Value b) {
    boolean sameType =
        a.getClass() == b.getClass()
            || (a instanceof Value.Function && b instanceof Value.Function);
    String what =
        "cannot compare "
            + a.described()
            + " with "
            + b.described()
            + (sameType ? "; values of that type are incomparable (values are " : "; values are ")
            + ev.show(a)
            + " and "
            + ev.show(b)
            + (sameType ? ")" : "");
    EvalException e = EvalException.other(what);
    return context.isEmpty() ? e : e.trace(Pos.NONE, context);
  }

  private boolean lists(Value.List l, Value.List m) {
    for (int i = 0; ; i++) {
      if (i == m.size()) {
        return false;
      }
      if (i == l.size()) {
        return true;
      }
      if (!ev.equal(l.get(i), m.get(i))) {
        return new Order(ev, "while comparing two list elements").less(l.get(i), m.get(i));
      }
    }
  }
}
