package org.buildchain.language.builtins;

import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.eval.ValuePrinter;
import org.buildchain.language.syntax.Pos;

/** Errors, forcing and messages. */
final class ControlBuiltins {
  private static final ValuePrinter.Options TRACE =
      new ValuePrinter.Options(
          false, false, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, true, false);

  private ControlBuiltins() {}

  static void register(Registry r) {
    r.globalOne("abort", ControlBuiltins::abort);
    r.globalOne("throw", ControlBuiltins::throwError);
    r.two("addErrorContext", ControlBuiltins::addErrorContext);
    r.one("tryEval", ControlBuiltins::tryEval);
    r.two(
        "seq",
        (ev, a, b) -> {
          ev.force(a);
          return ev.force(b);
        });
    r.two(
        "deepSeq",
        (ev, a, b) -> {
          ev.forceDeep(a);
          return ev.force(b);
        });
    r.two("trace", ControlBuiltins::trace);
    r.two(
        "traceVerbose", (ev, a, b) -> ev.settings().traceVerbose() ? trace(ev, a, b) : ev.force(b));
    r.two("warn", ControlBuiltins::warn);
    r.globalOne("break", (ev, v) -> ev.force(v));
  }

  private static Value abort(Evaluator ev, Value v) {
    String s = text(ev, v, "while evaluating the error message passed to builtins.abort");
    throw new EvalException(
        EvalException.Kind.ABORT,
        Pos.NONE,
        "evaluation aborted with the following error message: '" + s + "'");
  }

  private static Value throwError(Evaluator ev, Value v) {
    String s = text(ev, v, "while evaluating the error message passed to builtin.throw");
    throw new EvalException(EvalException.Kind.THROW, Pos.NONE, s);
  }

  private static String text(Evaluator ev, Value v, String context) {
    return ev.coercion().coerce(v, Pos.NONE, context, false, true, true).value();
  }

  private static Value addErrorContext(Evaluator ev, Value message, Value v) {
    try {
      return ev.force(v);
    } catch (EvalException e) {
      String s =
          ev.coercion()
              .coerce(
                  message,
                  Pos.NONE,
                  "while evaluating the error message passed to builtins.addErrorContext",
                  false,
                  false,
                  true)
              .value();
      throw e.traceAlways(Pos.NONE, s);
    }
  }

  private static Value tryEval(Evaluator ev, Value v) {
    Attrs.Builder b = new Attrs.Builder(2);
    try {
      b.put(ev.symbols().of("value"), ev.force(v));
      b.put(ev.symbols().of("success"), Value.Bool.TRUE);
    } catch (EvalException e) {
      if (e.kind() != EvalException.Kind.THROW && e.kind() != EvalException.Kind.ASSERTION) {
        throw e;
      }
      b.put(ev.symbols().of("value"), Value.Bool.FALSE);
      b.put(ev.symbols().of("success"), Value.Bool.FALSE);
    }
    return b.build();
  }

  private static Value trace(Evaluator ev, Value message, Value v) {
    Value m = ev.force(message);
    if (m instanceof Value.List || m instanceof Attrs) {
      ev.showsWhatIsComputed();
    }
    String s = m instanceof Str t ? t.value() : new ValuePrinter(ev, TRACE).print(m);
    ev.host().message(EvalHost.Level.TRACE, s);
    return ev.force(v);
  }

  /**
   * A message's further lines stand under its first; blanks at their ends and empty lines at the
   * end are left out.
   */
  private static String indented(String message) {
    String indent = " ".repeat("evaluation warning: ".length());
    String[] lines = chomped(message).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      lines[i] = chomped(i == 0 ? lines[i] : indent + lines[i]);
    }
    return String.join("\n", lines);
  }

  private static String chomped(String s) {
    int end = s.length();
    while (end > 0 && " \n\r\t".indexOf(s.charAt(end - 1)) >= 0) {
      end--;
    }
    return s.substring(0, end);
  }

  private static Value warn(Evaluator ev, Value message, Value v) {
    Str s =
        Args.string(
            ev,
            message,
            "while evaluating the first argument; the message passed to builtins.warn");
    ev.host().message(EvalHost.Level.EVALUATION_WARNING, indented(s.value()));
    if (ev.settings().abortOnWarn()) {
      throw EvalException.other(
          "aborting to reveal stack trace of warning, as abort-on-warn is set");
    }
    return ev.force(v);
  }
}
