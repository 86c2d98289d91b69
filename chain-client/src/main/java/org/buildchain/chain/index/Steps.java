package org.buildchain.chain.index;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.rpc.Log;

/** Reads the claims contract's logs as {@link Step}s. */
final class Steps {
  /**
   * An event of numbers alone.
   *
   * @param report whether its second parameter is a report's number
   * @param value the place of the step's value; -1 if there is none
   */
  private record Plain(Event event, Step.Kind kind, boolean report, int value) {}

  private static final List<Plain> PLAIN =
      List.of(
          new Plain(ClaimsAbi.DRAW_REQUESTED, Step.Kind.DRAW_REQUESTED, false, 1),
          new Plain(ClaimsAbi.COMMITTED, Step.Kind.COMMITTED, true, -1),
          new Plain(ClaimsAbi.MISSED, Step.Kind.MISSED, true, -1),
          new Plain(ClaimsAbi.REVEALS_DUE, Step.Kind.REVEALS_DUE, false, 1),
          new Plain(ClaimsAbi.OPENING_DUE, Step.Kind.OPENING_DUE, false, 1),
          new Plain(ClaimsAbi.REPORT_SLASHED, Step.Kind.SLASHED, true, -1),
          new Plain(ClaimsAbi.SETTLED, Step.Kind.SETTLED, true, 2),
          new Plain(ClaimsAbi.TIMED, Step.Kind.TIMED, false, 1),
          new Plain(ClaimsAbi.ENDED, Step.Kind.ENDED, false, 1));

  private static final Map<Word, Function<Log, Step>> READERS = readers();

  private Steps() {}

  /** The step that a log tells of; empty for logs that are about no claim. */
  static Optional<Step> of(Log log) {
    return Optional.ofNullable(log.topics().isEmpty() ? null : READERS.get(log.topics().getFirst()))
        .map(r -> r.apply(log));
  }

  private static Map<Word, Function<Log, Step>> readers() {
    Map<Word, Function<Log, Step>> all = new HashMap<>();
    all.put(
        ClaimsAbi.CLAIM_PUBLISHED.topic(),
        log -> {
          Values v = log.values(ClaimsAbi.CLAIM_PUBLISHED);
          return step(Step.Kind.PUBLISHED, log, -1, Optional.of(v.address(2)), v.small(4));
        });
    all.put(
        ClaimsAbi.DRAWN.topic(),
        log -> {
          Values v = log.values(ClaimsAbi.DRAWN);
          return step(Step.Kind.DRAWN, log, number(v), Optional.of(v.address(2)), v.small(3));
        });
    all.put(
        ClaimsAbi.REVEALED.topic(),
        log -> {
          Values v = log.values(ClaimsAbi.REVEALED);
          return with(Step.Kind.REVEALED, log, number(v), v.word(2), Optional.empty(), v.small(3));
        });
    all.put(
        ClaimsAbi.OUTPUT_SHOWN.topic(),
        log ->
            with(
                Step.Kind.SHOWN,
                log,
                -1,
                log.values(ClaimsAbi.OUTPUT_SHOWN).word(1),
                Optional.empty(),
                0));
    all.put(
        ClaimsAbi.DISPUTED.topic(),
        log -> {
          Values v = log.values(ClaimsAbi.DISPUTED);
          return with(
              Step.Kind.DISPUTED, log, number(v), v.word(2), Optional.of(v.word(3)), v.small(4));
        });
    for (Plain plain : PLAIN) {
      all.put(
          plain.event().topic(),
          log -> {
            Values v = log.values(plain.event());
            int report = plain.report() ? number(v) : -1;
            long value = plain.value() < 0 ? 0 : v.small(plain.value());
            return step(plain.kind(), log, report, Optional.empty(), value);
          });
    }
    return Map.copyOf(all);
  }

  private static int number(Values v) {
    return Math.toIntExact(v.small(1));
  }

  private static Step step(Step.Kind kind, Log log, int report, Optional<Address> who, long value) {
    return new Step(
        kind,
        log.block(),
        log.transaction(),
        report,
        who,
        Optional.empty(),
        Optional.empty(),
        value);
  }

  private static Step with(
      Step.Kind kind, Log log, int report, Word output, Optional<Word> other, long value) {
    return new Step(
        kind,
        log.block(),
        log.transaction(),
        report,
        Optional.empty(),
        Optional.of(output),
        other,
        value);
  }
}
