package org.buildchain.language.flake;

import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.syntax.Literals;

/** {@code builtins.getFlake}. */
public final class Flakes {
  private Flakes() {}

  /**
   * The outputs of a flake, with what describes it.
   *
   * @param reference a URL, or an absolute path
   * @throws EvalException if there is no such flake, or it is not locked and must be
   */
  public static Value get(Evaluator ev, String reference) {
    try {
      FlakeRef ref = FlakeRef.of(FlakeRefs.parse(reference));
      if (ev.settings().pure() && !ref.input().isLocked()) {
        throw EvalException.other(
            "cannot call 'getFlake' on unlocked flake reference '"
                + reference
                + "', at "
                + Literals.marked("none")
                + ":0 (use --impure to override)");
      }
      return FlakeCall.call(ev, new Locker(ev).lock(ref));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
