package org.buildchain.daemon.evaluation;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.buildchain.daemon.host.StoreEvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.store.format.FormatException;

/**
 * The failure of a whole command, kept as an answer is: with the facts that led to it, in the
 * evaluator that the next such command will use. What is kept is how one that had seen nothing
 * before has failed, and only what the expression itself is to blame for.
 */
final class KeptFailures {
  /** Keeps none. */
  static final KeptFailures NONE = new KeptFailures(List.of(), () -> false);

  /** With more lines in its trace a failure is not kept. */
  private static final int MOST_FRAMES = 10_000;

  /** Names it among an evaluator's answers. */
  private record Failure(List<String> question) {}

  private final Failure key;
  private final BooleanSupplier bare;

  /**
   * @param bare whether the failure was all that came of the command, asked once it has failed
   */
  KeptFailures(List<String> question, BooleanSupplier bare) {
    this.key = new Failure(question);
    this.bare = bare;
  }

  /** The one that is known and still holds; what was said before it is said again. */
  Optional<Answered.Failed> known(Evaluator ev, Consumer<Runnable> later) {
    Optional<Answered.Failed> known = ev.adopted(key);
    if (known.isPresent()) {
      ev.watching(key).ifPresent(later);
    }
    return known;
  }

  /**
   * Keeps one, if it can be known when it would be another.
   *
   * @param failed what has just failed so
   * @param world what that has seen; what it has made is written, for it is a part of the facts
   * @param keeper what is asked the next time
   */
  void keep(EvalException e, Evaluator failed, StoreEvalHost world, Evaluator keeper) {
    if (!e.isOfExpression() || e.frames().size() > MOST_FRAMES || !bare.getAsBoolean()) {
      return;
    }
    failed.factsOfFailure().ifPresent(facts -> keep(e, facts, world, keeper));
  }

  private void keep(
      EvalException e, List<List<String>> facts, StoreEvalHost world, Evaluator keeper) {
    try {
      world.flush();
      keeper.adopt(key, new Answered.Failed(e.again()), facts);
    } catch (IOException | FormatException x) {
      // As where the disk is full: the next one is evaluated.
    }
  }
}
