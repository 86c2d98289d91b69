package org.buildchain.language.eval;

import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;

/** {@code a + b}, string interpolation and paths with interpolations. */
final class ConcatNode extends Node {
  private final Ops ops;
  private final boolean interpolation;
  private final Node[] parts;
  private final Pos[] places;

  ConcatNode(Pos pos, Ops ops, boolean interpolation, Node[] parts, Pos[] places) {
    super(pos);
    this.ops = ops;
    this.interpolation = interpolation;
    this.parts = parts;
    this.places = places;
  }

  @Override
  Value eval(Env env) {
    if (interpolation) {
      return string(env, null, true);
    }
    Value first = parts[0].eval(env);
    return switch (first) {
      case Value.Int i -> number(env, i.value());
      case Value.Float f -> real(env, f.value(), 1);
      case Value.Path p -> path(env, p);
      // Paths are copied to the store only where a string stands first, not a set that makes one.
      default -> string(env, first, first instanceof Str);
    };
  }

  private Value number(Env env, long sum) {
    for (int k = 1; k < parts.length; k++) {
      Value v = parts[k].eval(env);
      switch (v) {
        case Value.Int i -> {
          long n = sum + i.value();
          if (((sum ^ n) & (i.value() ^ n)) < 0) {
            throw new EvalException(
                EvalException.Kind.OTHER,
                places[k],
                "integer overflow in adding " + sum + " + " + i.value());
          }
          sum = n;
        }
        case Value.Float f -> {
          return real(env, sum + f.value(), k + 1);
        }
        default ->
            throw new EvalException(
                EvalException.Kind.TYPE,
                places[k],
                "cannot add " + v.described() + " to an integer");
      }
    }
    return Value.Int.of(sum);
  }

  private Value real(Env env, double sum, int from) {
    for (int k = from; k < parts.length; k++) {
      Value v = parts[k].eval(env);
      switch (v) {
        case Value.Int i -> sum += i.value();
        case Value.Float f -> sum += f.value();
        default ->
            throw new EvalException(
                EvalException.Kind.TYPE, places[k], "cannot add " + v.described() + " to a float");
      }
    }
    return new Value.Float(sum);
  }

  private Value path(Env env, Value.Path first) {
    StringBuilder out = new StringBuilder(first.path());
    Context.Builder context = new Context.Builder();
    for (int k = 1; k < parts.length; k++) {
      Str s = coerce(parts[k].eval(env), k, false);
      context.add(s.context());
      out.append(s.value());
    }
    if (!context.build().isEmpty()) {
      throw new EvalException(
          EvalException.Kind.OTHER,
          pos(),
          "a string that refers to a store path cannot be appended to a path");
    }
    return new Value.Path(Paths.canonical(out.toString()));
  }

  private Str coerce(Value v, int k, boolean copyToStore) {
    if (v instanceof Str s) {
      return s;
    }
    return ops.evaluator()
        .coercion()
        .coerce(v, places[k], "while evaluating a path segment", false, copyToStore, true);
  }

  /** Joins strings; {@code first} is the first part's value if it is known already. */
  private Value string(Env env, Value first, boolean copyToStore) {
    Context.Builder context = new Context.Builder();
    if (parts.length == 2) {
      Str a = coerce(first != null ? first : parts[0].eval(env), 0, copyToStore);
      Str b = coerce(parts[1].eval(env), 1, copyToStore);
      ops.evaluator().checkLength((long) a.value().length() + b.value().length(), pos());
      return new Str(a.value().concat(b.value()), a.context().plus(b.context()));
    }
    StringBuilder out = new StringBuilder();
    for (int k = 0; k < parts.length; k++) {
      Str s = coerce(k == 0 && first != null ? first : parts[k].eval(env), k, copyToStore);
      context.add(s.context());
      ops.evaluator().checkLength((long) out.length() + s.value().length(), pos());
      out.append(s.value());
    }
    return new Str(out.toString(), context.build());
  }
}
