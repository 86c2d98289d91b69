package org.buildchain.language;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.error.ErrorPrinter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.print.PlainPrinter;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.ExprPrinter;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Source;

/** Evaluates expressions for tests as {@code nix-instantiate --eval --strict -E} does. */
public final class Nix {
  private Nix() {}

  /** An evaluator in a world without files. */
  public static Evaluator evaluator() {
    return Builtins.evaluator(new MemoryHost(), EvalSettings.DEFAULT);
  }

  /** What the command prints: the value, or the error. Relative paths start at the root. */
  public static String print(String expression) {
    return print(evaluator(), expression);
  }

  /** Likewise, in an evaluator of the caller's. */
  public static String print(Evaluator ev, String expression) {
    return print(ev, expression, false);
  }

  /** Likewise, an error with its whole trace. */
  public static String printWithTrace(String expression) {
    EvalSettings defaults = EvalSettings.DEFAULT;
    EvalSettings traced =
        new EvalSettings(
            true,
            defaults.traceVerbose(),
            defaults.abortOnWarn(),
            defaults.maxCallDepth(),
            defaults.cores(),
            defaults.access(),
            defaults.lints(),
            defaults.features());
    return print(Builtins.evaluator(new MemoryHost(), traced), expression, true);
  }

  private static String print(Evaluator ev, String expression, boolean trace) {
    return onEvalThread(
        () -> {
          try {
            Value v = ev.evalText(Literals.marked("string"), expression, "/");
            ev.forceDeep(v);
            return PlainPrinter.show(v);
          } catch (EvalException e) {
            return ErrorPrinter.show(e, trace);
          }
        });
  }

  /** What {@code nix-instantiate --parse -E} prints: the tree, or the error. */
  public static String parse(String expression) {
    return onEvalThread(
        () -> {
          Evaluator ev = evaluator();
          try {
            Expr e = ev.parse(Source.text(Literals.marked("string"), expression), "/");
            ev.check(e);
            return ExprPrinter.show(e);
          } catch (EvalException e) {
            return ErrorPrinter.show(e, false);
          }
        });
  }

  /** Runs on a thread of its own and gives what came out; what was thrown is thrown here. */
  public static <T> T onEvalThread(Callable<T> code) {
    FutureTask<T> task = new FutureTask<>(code);
    new EvalThread("test", task).start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
