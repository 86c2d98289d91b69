package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.claim.Mover;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.claim.Preview;
import org.buildchain.chain.claim.Report;
import org.buildchain.chain.claim.SharedSalts;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.wallet.Key;

/** Serves claims: rebuild, commit, reveal. */
final class Reporting {
  /** More than any build is given: class 8 of the default rules has a seventh of it. */
  private static final long MAX_SECONDS = 1 << 20;

  /** Seconds before a deadline at which a result is committed to that no disk would take. */
  private static final long NEAR = 120;

  /** Blocks for which a draw is kept to itself: BLOCKHASH reaches 256. */
  private static final long PROVABLE = 200;

  private static final int CLASS = 0x7f;

  private final Claims claims;
  private final Key key;
  private final SharedSalts salts;
  private final Mover mover;
  private final Builds builds;
  private final Results results;
  private final Commitments commitments;
  private final long patience;
  private final Consumer<String> notes;

  Reporting(
      Claims claims,
      Key key,
      Mover mover,
      Builds builds,
      Results results,
      long patience,
      Consumer<String> notes) {
    this.claims = claims;
    this.key = key;
    this.salts = new SharedSalts(claims, key);
    this.mover = mover;
    this.builds = builds;
    this.results = results;
    this.commitments = new Commitments(claims.network());
    this.patience = patience;
    this.notes = notes;
  }

  /** Does what can be done now. Whether it has to be looked at again. */
  boolean step(Duty duty, BlockHeader now) {
    Head head = claims.head(duty.claim());
    Phase phase = Claims.phase(head);
    if (phase.isEnd()) {
      notes.accept(duty.brief() + ": " + phase);
      return false;
    }
    Report report = claims.report(duty.claim(), duty.number());
    boolean mine =
        head.reports() > duty.number() && claims.validatorAt(report.slot()).equals(key.address());
    if (!mine) {
      // A reorganisation drew somebody else.
      return false;
    }
    switch (report.status()) {
      case DRAWN -> {
        if (phase == Phase.BUILDING && head.reports() - 1 == duty.number()) {
          build(duty, head, now);
        }
      }
      case COMMITTED -> {
        if (report.round() == head.round()) {
          // What was lost is rebuilt at once: a build may take longer than there is to reveal.
          Optional<Rebuilder.Rebuilt> built = builds.result(duty, MAX_SECONDS, now.timestamp());
          if (phase == Phase.REVEALING && built.isPresent()) {
            reveal(duty, built.get(), report, now);
          }
        }
      }
      case MISSED, SLASHED, RELEASED -> {
        return false;
      }
      case NONE, REVEALED -> {}
    }
    mover.move(duty.claim(), head, now, patience);
    return true;
  }

  private void build(Duty duty, Head head, BlockHeader now) {
    long seconds = head.when() - now.timestamp();
    if (seconds < 0) {
      return;
    }
    Optional<Rebuilder.Rebuilt> built = results.get(duty.claim());
    if (built.isEmpty()
        && builds.declined(duty.claim()).isEmpty()
        && builds.hasRoom(duty, now.timestamp())) {
      built = builds.result(duty, seconds, now.timestamp());
    }
    if (built.isPresent()) {
      // A restart that has lost it may build another output, and could never reveal this one.
      if (results.isKept(duty.claim()) || seconds < NEAR) {
        commit(duty, built.get(), now);
      }
    } else if (builds.declined(duty.claim()).isPresent()) {
      mover.send(
          duty.name() + " decline",
          claims.network().claims(),
          ClaimsAbi.decline(duty.claim()),
          now);
    }
  }

  /**
   * Serves a draw that this validator carries out itself, once it has built. Whether it has to be
   * looked at again.
   *
   * @param decidedBy the block that decides
   */
  boolean serve(Duty drawn, long decidedBy, BlockHeader now) {
    if (now.number() < decidedBy) {
      return true;
    }
    Head head = claims.head(drawn.claim());
    if (Claims.phase(head) != Phase.DRAWING || head.when() != decidedBy) {
      return false;
    }
    Duty duty = drawn.withNumber(head.reports());
    boolean mine =
        claims
            .preview(duty.claim(), head)
            .flatMap(Preview::slot)
            .filter(slot -> claims.validatorAt(slot).equals(key.address()))
            .isPresent();
    if (!mine) {
      return false;
    }
    if (now.number() > decidedBy + PROVABLE) {
      // Soon the block can't be proved any more; then somebody else would be drawn.
      mover.draw(duty.claim(), head, now);
      return true;
    }
    long seconds = claims.rules(head.rules()).buildTime() << (head.flags() & CLASS);
    Optional<Rebuilder.Rebuilt> built = results.get(duty.claim());
    if (built.isEmpty()
        && builds.declined(duty.claim()).isEmpty()
        && builds.hasRoom(duty, now.timestamp())) {
      built = builds.result(duty, seconds, now.timestamp());
    }
    if (built.isEmpty()) {
      return builds.declined(duty.claim()).isEmpty();
    }
    if (results.isKept(duty.claim())) {
      send(
          duty,
          "serve",
          ClaimsAbi.serve(duty.claim(), mover.proof(decidedBy), commitment(duty, built.get())),
          now);
    }
    return true;
  }

  private Word salt(Duty duty) {
    return salts.ofReport(duty.claim(), duty.number());
  }

  private Word commitment(Duty duty, Rebuilder.Rebuilt r) {
    return commitments.ofReport(duty.claim(), duty.number(), r.output(), r.seconds(), salt(duty));
  }

  private void commit(Duty duty, Rebuilder.Rebuilt r, BlockHeader now) {
    send(duty, "commit", ClaimsAbi.commit(duty.claim(), commitment(duty, r)), now);
  }

  private void send(Duty duty, String step, Call call, BlockHeader now) {
    if (mover.send(duty.name() + " " + step, claims.network().claims(), call, now)) {
      notes.accept("committed to " + duty.brief());
    }
  }

  private void reveal(Duty duty, Rebuilder.Rebuilt r, Report report, BlockHeader now) {
    Optional<Long> seconds = seconds(duty, r, report.answer());
    if (seconds.isEmpty()) {
      notes.accept("warning: " + duty.brief() + ": what was rebuilt isn't what was committed");
      return;
    }
    if (mover.send(
        duty.name() + " reveal",
        claims.network().claims(),
        ClaimsAbi.reveal(
            duty.claim(), BigInteger.valueOf(duty.number()), r.output(), seconds.get(), salt(duty)),
        now)) {
      notes.accept("revealed for " + duty.brief());
    }
  }

  /** The time that the commitment holds: the one noted, or another where the note was lost. */
  private Optional<Long> seconds(Duty duty, Rebuilder.Rebuilt r, Word commitment) {
    Word salt = salt(duty);
    return LongStream.concat(LongStream.of(r.seconds()), LongStream.range(0, MAX_SECONDS))
        .boxed()
        .filter(
            s ->
                Commitments.kept(
                        commitments.ofReport(duty.claim(), duty.number(), r.output(), s, salt))
                    .equals(commitment))
        .findFirst();
  }
}
