package org.buildchain.language.eval;

import java.util.Optional;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Pos;

/**
 * Says why {@code assert a == b} failed. It walks as {@link Equality} does and stops at the first
 * difference. Source: {@code EvalState::assertEqValues}.
 */
final class Differences {
  private final Evaluator ev;

  Differences(Evaluator ev) {
    this.ev = ev;
  }

  /** The failure that tells the first difference of two values that the operator found unequal. */
  EvalException explain(Value a, Value b) {
    return find(a, b, true).orElseGet(() -> failed("the values compare as unequal"));
  }

  private Optional<EvalException> find(Value x, Value y, boolean top) {
    Value a = ev.force(x);
    Value b = ev.force(y);
    if (a == b && !top) {
      return Optional.empty();
    }
    if (isNumber(a) && isNumber(b)) {
      return ev.equal(a, b)
          ? Optional.empty()
          : Optional.of(
              failed(
                  a.described()
                      + " with value '"
                      + ev.show(a)
                      + "' is not equal to "
                      + b.described()
                      + " with value '"
                      + ev.show(b)
                      + "'"));
    }
    if (kind(a) != kind(b)) {
      return Optional.of(
          failed(
              a.described()
                  + " of value '"
                  + ev.show(a)
                  + "' is not equal to "
                  + b.described()
                  + " of value '"
                  + ev.show(b)
                  + "'"));
    }
    return switch (a) {
      case Value.Bool i -> scalar("boolean", a, b);
      case Str s -> scalar("string", a, b);
      case Value.Path p -> scalar("path", a, b);
      case Value.List l -> lists(l, (Value.List) b);
      case Attrs s -> sets(s, (Attrs) b);
      case Value.Function f ->
          Optional.of(
              failed(
                  "distinct functions and immediate comparisons of identical functions compare as"
                      + " unequal"));
      default -> Optional.empty();
    };
  }

  private static EvalException failed(String message) {
    return new EvalException(EvalException.Kind.ASSERTION, Pos.NONE, message);
  }

  private static boolean isNumber(Value v) {
    return v instanceof Value.Int || v instanceof Value.Float;
  }

  private static Class<?> kind(Value v) {
    return v instanceof Value.Function ? Value.Function.class : v.getClass();
  }

  private Optional<EvalException> scalar(String type, Value a, Value b) {
    return ev.equal(a, b)
        ? Optional.empty()
        : Optional.of(
            failed(
                type + " '" + ev.show(a) + "' is not equal to " + type + " '" + ev.show(b) + "'"));
  }

  private Optional<EvalException> lists(Value.List l, Value.List m) {
    if (l.size() != m.size()) {
      return Optional.of(
          failed(
              "list of size '"
                  + l.size()
                  + "' is not equal to list of size '"
                  + m.size()
                  + "', left hand side is '"
                  + ev.show(l)
                  + "', right hand side is '"
                  + ev.show(m)
                  + "'"));
    }
    for (int i = 0; i < l.size(); i++) {
      Optional<EvalException> e = find(l.get(i), m.get(i), false);
      if (e.isPresent()) {
        String text = "while comparing list element " + i;
        return e.map(x -> x.trace(Pos.NONE, text));
      }
    }
    return Optional.empty();
  }

  private Optional<EvalException> sets(Attrs s, Attrs t) {
    Pos none = Pos.NONE;
    if (ev.isDerivation(s) && ev.isDerivation(t)) {
      Value i = s.get(ev.names().outPath);
      Value j = t.get(ev.names().outPath);
      if (i != null && j != null) {
        return find(i, j, false)
            .map(e -> e.trace(none, "while comparing a derivation by its 'outPath' attribute"));
      }
    }
    if (s.size() != t.size()) {
      return Optional.of(
          failed(
              "attribute names of attribute set '"
                  + ev.show(s)
                  + "' differs from attribute set '"
                  + ev.show(t)
                  + "'"));
    }
    for (int i = 0; i < s.size(); i++) {
      if (s.name(i) != t.name(i)) {
        return Optional.of(
            t.has(s.name(i))
                ? failed(
                    "attribute name '"
                        + t.name(i)
                        + "' is missing in '"
                        + ev.show(s)
                        + "', but is contained in '"
                        + ev.show(t)
                        + "'")
                : failed(
                    "attribute name '"
                        + s.name(i)
                        + "' is contained in '"
                        + ev.show(s)
                        + "', but not in '"
                        + ev.show(t)
                        + "'"));
      }
      Optional<EvalException> e = find(s.value(i), t.value(i), false);
      if (e.isPresent()) {
        EvalException x = e.get();
        if (t.pos(i).isKnown()) {
          x.trace(t.pos(i), "where right hand side is");
        }
        if (s.pos(i).isKnown()) {
          x.trace(s.pos(i), "where left hand side is");
        }
        return Optional.of(x.trace(none, "while comparing attribute '" + s.name(i) + "'"));
      }
    }
    return Optional.empty();
  }
}
