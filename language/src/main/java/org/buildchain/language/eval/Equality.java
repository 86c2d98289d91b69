package org.buildchain.language.eval;

/** {@code ==}. Source: {@code EvalState::eqValues}. */
final class Equality {
  private final Evaluator ev;

  Equality(Evaluator ev) {
    this.ev = ev;
  }

  /**
   * The operator. Its operands are values of their own, of which none is another: a function equals
   * nothing, itself included; nor does not-a-number.
   */
  boolean operator(Value a, Value b) {
    return switch (a) {
      case Value.Int i ->
          switch (b) {
            case Value.Int j -> i.value() == j.value();
            case Value.Float f -> i.value() == f.value();
            default -> false;
          };
      case Value.Float f ->
          switch (b) {
            case Value.Int j -> f.value() == j.value();
            case Value.Float g -> f.value() == g.value();
            default -> false;
          };
      case Value.Bool p -> p == b;
      case Value.Null n -> n == b;
      case Str s -> b instanceof Str t && s.value().equals(t.value());
      case Value.Path p -> b instanceof Value.Path q && p.path().equals(q.path());
      case Value.List l -> b instanceof Value.List m && lists(l, m);
      case Attrs s -> b instanceof Attrs t && sets(s, t);
      case Value.Function f -> false;
      case Thunk t -> throw new IllegalArgumentException("operands have been forced");
    };
  }

  /**
   * Whether two values that others hold are equal. What stands in both places, not merely the same
   * once it is computed, equals itself, functions and what holds them included: old expressions
   * rely on it.
   */
  boolean equal(Value x, Value y) {
    // Values that share parts can hold exponentially many pairs.
    EvalThread.poll();
    Value a = ev.force(x);
    Value b = ev.force(y);
    return x == y || operator(a, b);
  }

  private boolean lists(Value.List l, Value.List m) {
    if (l.size() != m.size()) {
      return false;
    }
    for (int i = 0; i < l.size(); i++) {
      if (!equal(l.get(i), m.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean sets(Attrs s, Attrs t) {
    if (ev.isDerivation(s) && ev.isDerivation(t)) {
      Value i = s.get(ev.names().outPath);
      Value j = t.get(ev.names().outPath);
      if (i != null && j != null) {
        return equal(i, j);
      }
    }
    if (s.size() != t.size()) {
      return false;
    }
    for (int i = 0; i < s.size(); i++) {
      if (s.name(i) != t.name(i) || !equal(s.value(i), t.value(i))) {
        return false;
      }
    }
    return true;
  }
}
