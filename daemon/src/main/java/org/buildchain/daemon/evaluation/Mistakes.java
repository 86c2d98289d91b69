package org.buildchain.daemon.evaluation;

import org.buildchain.language.EvalHost.Level;
import org.buildchain.language.error.ErrorPrinter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.syntax.Pos;

/** What is wrong with a flake: the end of it, or told on the way. */
final class Mistakes {
  private final Evaluator ev;
  private final boolean keepGoing;
  private boolean any;

  Mistakes(Evaluator ev, boolean keepGoing) {
    this.ev = ev;
    this.keepGoing = keepGoing;
  }

  /** Whether some were told. */
  boolean any() {
    return any;
  }

  /** Looks at something; what is wrong with it was found at a place, doing this. */
  void guard(Pos at, String doing, Runnable look) {
    try {
      look.run();
    } catch (EvalException e) {
      report(e.trace(at, doing));
    }
  }

  /** A mistake. */
  void report(EvalException e) {
    if (!keepGoing) {
      throw e;
    }
    any = true;
    String shown = ErrorPrinter.show(e, ev.settings().showTrace());
    ev.host().message(Level.NOTE, "error (ignored): " + shown);
  }
}
