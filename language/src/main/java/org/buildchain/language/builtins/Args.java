package org.buildchain.language.builtins;

import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Symbol;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/**
 * Arguments of an expected type. Builtins have no place of their own; the call's is in the trace.
 */
final class Args {
  private Args() {}

  static Attrs attrs(Evaluator ev, Value v, String context) {
    return ev.attrs(v, Pos.NONE, context);
  }

  static Value.List list(Evaluator ev, Value v, String context) {
    return ev.list(v, Pos.NONE, context);
  }

  static Str string(Evaluator ev, Value v, String context) {
    return ev.string(v, Pos.NONE, context);
  }

  static String plain(Evaluator ev, Value v, String context) {
    return ev.stringNoContext(v, Pos.NONE, context);
  }

  static long integer(Evaluator ev, Value v, String context) {
    return ev.integer(v, Pos.NONE, context);
  }

  static boolean bool(Evaluator ev, Value v, String context) {
    return ev.bool(v, Pos.NONE, context);
  }

  static Value function(Evaluator ev, Value v, String context) {
    return ev.function(v, Pos.NONE, context);
  }

  /** The value of an attribute that must be there. */
  static Value required(Attrs a, Symbol name, String context) {
    Value v = a.get(name);
    if (v == null) {
      throw new EvalException(EvalException.Kind.TYPE, Pos.NONE, "attribute '" + name + "' missing")
          .trace(Pos.NONE, context);
    }
    return v;
  }
}
