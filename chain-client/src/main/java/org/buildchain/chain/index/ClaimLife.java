package org.buildchain.chain.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.claim.Report;
import org.buildchain.chain.claim.Verdict;

/**
 * A claim as its steps tell it.
 *
 * @param deadline of the phase it is in, in seconds since 1970; 0 if none runs
 * @param output what the publisher claims, once it is known
 * @param credited the build time in seconds credited to each validator of a valid claim
 * @param steps all of them, oldest first; not empty
 */
public record ClaimLife(
    Word id,
    Word derivation,
    Address publisher,
    Phase phase,
    long deadline,
    Optional<Word> output,
    Optional<Long> credited,
    List<Served> reports,
    List<Disputed> disputes,
    List<Step> steps) {

  /**
   * A validator's service.
   *
   * @param round from 0 on
   * @param output what it rebuilt, once it is known
   * @param seconds the build time that it reported, likewise
   */
  public record Served(
      int number,
      Address validator,
      long round,
      Report.Status status,
      Optional<Word> output,
      Optional<Long> seconds) {}

  /**
   * A dispute about a report.
   *
   * @param deadline in seconds since 1970
   */
  public record Disputed(
      int report,
      Word published,
      Word reported,
      long block,
      long deadline,
      Optional<Verdict> verdict) {}

  /** The block of the first step. */
  public long firstBlock() {
    return steps.getFirst().block();
  }

  /** The block of the last step. */
  public long lastBlock() {
    return steps.getLast().block();
  }

  /** How many validators revealed what the publisher claims. */
  public long agreeing() {
    return output.isEmpty() ? 0 : reports.stream().filter(r -> r.output().equals(output)).count();
  }

  /** What a claim's steps come to. The first one publishes it. */
  static ClaimLife of(Word id, Word derivation, List<Step> steps) {
    Fold fold = new Fold();
    steps.forEach(fold::take);
    return new ClaimLife(
        id,
        derivation,
        steps.getFirst().who().orElse(Address.ZERO),
        fold.phase,
        fold.deadline,
        fold.output,
        fold.credited,
        List.copyOf(fold.reports),
        List.copyOf(fold.disputes),
        List.copyOf(steps));
  }

  private static final class Fold {
    private final List<Served> reports = new ArrayList<>();
    private final List<Disputed> disputes = new ArrayList<>();
    private Phase phase = Phase.DRAWING;
    private long deadline;
    private long round;
    private Optional<Word> output = Optional.empty();
    private Optional<Long> credited = Optional.empty();

    void take(Step step) {
      switch (step.kind()) {
        case PUBLISHED, DRAW_REQUESTED -> enter(Phase.DRAWING, 0);
        case DRAWN -> {
          reports.add(
              new Served(
                  step.report(),
                  step.who().orElse(Address.ZERO),
                  round,
                  Report.Status.DRAWN,
                  Optional.empty(),
                  Optional.empty()));
          enter(Phase.BUILDING, step.value());
        }
        case COMMITTED -> {
          status(step, Report.Status.COMMITTED);
          enter(Phase.DRAWING, 0);
        }
        case MISSED -> {
          status(step, Report.Status.MISSED);
          enter(Phase.DRAWING, 0);
        }
        case REVEALS_DUE -> enter(Phase.REVEALING, step.value());
        case REVEALED ->
            change(
                step.report(),
                r ->
                    new Served(
                        r.number(),
                        r.validator(),
                        r.round(),
                        Report.Status.REVEALED,
                        step.output(),
                        Optional.of(step.value())));
        case OPENING_DUE -> enter(Phase.OPENING, step.value());
        case SHOWN -> output = step.output();
        case SLASHED -> status(step, Report.Status.SLASHED);
        case DISPUTED -> {
          disputes.add(
              new Disputed(
                  step.report(),
                  step.output().orElse(Word.ZERO),
                  reported(step),
                  step.block(),
                  step.value(),
                  Optional.empty()));
          enter(Phase.DISPUTED, step.value());
        }
        case SETTLED -> settle(step);
        case TIMED -> credited = Optional.of(step.value());
        case ENDED -> enter(Phase.values()[Math.toIntExact(step.value())], 0);
      }
    }

    /** The event itself has only how it begins. */
    private Word reported(Step disputed) {
      return reports.stream()
          .filter(r -> r.number() == disputed.report())
          .findFirst()
          .flatMap(Served::output)
          .or(disputed::other)
          .orElse(Word.ZERO);
    }

    private void enter(Phase next, long until) {
      phase = next;
      deadline = until;
    }

    private void settle(Step step) {
      Verdict verdict = Verdict.values()[Math.toIntExact(step.value())];
      disputes.replaceAll(
          d ->
              d.report() == step.report()
                  ? new Disputed(
                      d.report(),
                      d.published(),
                      d.reported(),
                      d.block(),
                      d.deadline(),
                      Optional.of(verdict))
                  : d);
      if (verdict == Verdict.NON_DETERMINISM) {
        round++;
      }
    }

    private void status(Step step, Report.Status status) {
      change(
          step.report(),
          r -> new Served(r.number(), r.validator(), r.round(), status, r.output(), r.seconds()));
    }

    private void change(int number, java.util.function.UnaryOperator<Served> how) {
      reports.replaceAll(r -> r.number() == number ? how.apply(r) : r);
    }
  }
}
