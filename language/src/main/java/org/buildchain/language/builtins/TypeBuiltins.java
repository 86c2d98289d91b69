package org.buildchain.language.builtins;

import java.util.function.Predicate;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.LambdaNode;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;

/** What kind of value something is. */
final class TypeBuiltins {
  private TypeBuiltins() {}

  static void register(Registry r) {
    r.one("typeOf", (ev, v) -> new Str(typeName(ev.force(v))));
    r.globalOne("isNull", is(v -> v == Value.Null.NULL));
    r.one("isFunction", is(v -> v instanceof Value.Function));
    r.one("isInt", is(v -> v instanceof Value.Int));
    r.one("isFloat", is(v -> v instanceof Value.Float));
    r.one("isString", is(v -> v instanceof Str));
    r.one("isBool", is(v -> v instanceof Value.Bool));
    r.one("isPath", is(v -> v instanceof Value.Path));
    r.one("isList", is(v -> v instanceof Value.List));
    r.one("isAttrs", is(v -> v instanceof Attrs));
    r.one("functionArgs", TypeBuiltins::functionArgs);
  }

  private static Registry.One is(Predicate<Value> test) {
    return (ev, v) -> Value.Bool.of(test.test(ev.force(v)));
  }

  static String typeName(Value v) {
    return switch (v) {
      case Value.Int i -> "int";
      case Value.Float f -> "float";
      case Value.Bool b -> "bool";
      case Value.Null n -> "null";
      case Str s -> "string";
      case Value.Path p -> "path";
      case Value.List l -> "list";
      case Attrs a -> "set";
      default -> "lambda";
    };
  }

  private static Value functionArgs(Evaluator ev, Value v) {
    Value f = ev.force(v);
    if (f instanceof Value.Builtin || f instanceof Value.PartialBuiltin) {
      return Attrs.EMPTY;
    }
    if (!(f instanceof Value.Lambda l)) {
      throw EvalException.type("'functionArgs' requires a function");
    }
    LambdaNode code = l.code();
    Attrs.Builder b = new Attrs.Builder(code.formalCount());
    for (int i = 0; i < code.formalCount(); i++) {
      b.put(code.formalName(i), Value.Bool.of(code.formalHasDefault(i)), code.formalPos(i));
    }
    return b.build();
  }
}
