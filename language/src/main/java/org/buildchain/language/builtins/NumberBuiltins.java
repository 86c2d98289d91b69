package org.buildchain.language.builtins;

import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/** Arithmetic. Integers do not wrap: overflow is an error. */
final class NumberBuiltins {
  private NumberBuiltins() {}

  static void register(Registry r) {
    r.two("add", NumberBuiltins::add);
    r.two("sub", NumberBuiltins::sub);
    r.two("mul", NumberBuiltins::mul);
    r.two("div", NumberBuiltins::div);
    r.two("bitAnd", (ev, a, b) -> bits(ev, "bitAnd", a, b));
    r.two("bitOr", (ev, a, b) -> bits(ev, "bitOr", a, b));
    r.two("bitXor", (ev, a, b) -> bits(ev, "bitXor", a, b));
    r.two("lessThan", (ev, a, b) -> Value.Bool.of(new Order(ev, "").less(a, b)));
    r.one("ceil", (ev, v) -> round(ev, "ceil", v));
    r.one("floor", (ev, v) -> round(ev, "floor", v));
  }

  /** Forces both first: what fails then is not said to be an operand. */
  private static boolean floating(Evaluator ev, Value a, Value b) {
    Value x = ev.force(a);
    Value y = ev.force(b);
    return x instanceof Value.Float || y instanceof Value.Float;
  }

  private static Value add(Evaluator ev, Value a, Value b) {
    String first = "while evaluating the first argument of the addition";
    String second = "while evaluating the second argument of the addition";
    if (floating(ev, a, b)) {
      return new Value.Float(ev.real(a, Pos.NONE, first) + ev.real(b, Pos.NONE, second));
    }
    long i = Args.integer(ev, a, first);
    long j = Args.integer(ev, b, second);
    long n = i + j;
    if (((i ^ n) & (j ^ n)) < 0) {
      throw overflow("adding", i, "+", j);
    }
    return Value.Int.of(n);
  }

  private static Value sub(Evaluator ev, Value a, Value b) {
    String first = "while evaluating the first argument of the subtraction";
    String second = "while evaluating the second argument of the subtraction";
    if (floating(ev, a, b)) {
      return new Value.Float(ev.real(a, Pos.NONE, first) - ev.real(b, Pos.NONE, second));
    }
    long i = Args.integer(ev, a, first);
    long j = Args.integer(ev, b, second);
    long n = i - j;
    if (((i ^ j) & (i ^ n)) < 0) {
      throw overflow("subtracting", i, "-", j);
    }
    return Value.Int.of(n);
  }

  private static Value mul(Evaluator ev, Value a, Value b) {
    String second = "while evaluating the second argument of the multiplication";
    if (floating(ev, a, b)) {
      return new Value.Float(
          ev.real(a, Pos.NONE, "while evaluating the first of the multiplication")
              * ev.real(b, Pos.NONE, second));
    }
    long i = Args.integer(ev, a, "while evaluating the first argument of the multiplication");
    long j = Args.integer(ev, b, second);
    try {
      return Value.Int.of(Math.multiplyExact(i, j));
    } catch (ArithmeticException e) {
      throw overflow("multiplying", i, "*", j);
    }
  }

  private static Value div(Evaluator ev, Value a, Value b) {
    // Both in this order, and then the divisor's type and value: that decides what fails first.
    boolean floating = floating(ev, a, b);
    double divisor = ev.real(b, Pos.NONE, "while evaluating the second operand of the division");
    if (divisor == 0) {
      throw EvalException.other("division by zero");
    }
    if (floating) {
      return new Value.Float(
          ev.real(a, Pos.NONE, "while evaluating the first operand of the division") / divisor);
    }
    long i = Args.integer(ev, a, "while evaluating the first operand of the division");
    long j = Args.integer(ev, b, "while evaluating the second operand of the division");
    if (i == Long.MIN_VALUE && j == -1) {
      throw overflow("dividing", i, "/", j);
    }
    return Value.Int.of(i / j);
  }

  private static EvalException overflow(String doing, long i, String operator, long j) {
    return EvalException.other("integer overflow in " + doing + " " + i + " " + operator + " " + j);
  }

  private static Value bits(Evaluator ev, String name, Value a, Value b) {
    long i = Args.integer(ev, a, "while evaluating the first argument passed to builtins." + name);
    long j = Args.integer(ev, b, "while evaluating the second argument passed to builtins." + name);
    return Value.Int.of(
        switch (name) {
          case "bitAnd" -> i & j;
          case "bitOr" -> i | j;
          default -> i ^ j;
        });
  }

  private static Value round(Evaluator ev, String name, Value v) {
    double d =
        ev.real(v, Pos.NONE, "while evaluating the first argument passed to builtins." + name);
    double whole = name.equals("ceil") ? Math.ceil(d) : Math.floor(d);
    // What does not fit becomes what x86's conversion makes of it, as in Nix.
    boolean fits = whole >= Long.MIN_VALUE && whole < 0x1p63;
    return Value.Int.of(fits ? (long) whole : Long.MIN_VALUE);
  }
}
