package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.claim.Mover;
import org.buildchain.chain.claim.Salts;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.wallet.Key;

/** A juror's seats: rebuild, vote, reveal, close. */
final class Judging {
  /** Seconds before the end of voting in which a juror that hasn't rebuilt it abstains. */
  private static final long NEAR = 120;

  private static final int NONE = 0;
  private static final int SEATED = 2;
  private static final int CLOSED = 4;

  private final Claims claims;
  private final Network network;
  private final Key key;
  private final Mover mover;
  private final Builds builds;
  private final Commitments commitments;

  Judging(Claims claims, Key key, Mover mover, Builds builds) {
    this.claims = claims;
    this.network = claims.network();
    this.key = key;
    this.mover = mover;
    this.builds = builds;
    this.commitments = new Commitments(network);
  }

  /** Does what can be done now. Whether it has to be looked at again. */
  boolean step(Duty duty, BlockHeader now) {
    Word dispute = Commitments.dispute(duty.claim(), duty.number());
    Values state = claims.node().call(network.jury(), JuryAbi.disputeOf(dispute));
    long stage = state.small(0);
    long seat = duty.seat().orElseThrow();
    boolean mine =
        stage != NONE && stage != CLOSED && seat < state.small(2) && isMine(dispute, seat);
    if (!mine) {
      return false;
    }
    Values times = claims.node().call(network.jury(), JuryAbi.timesOf(dispute));
    Values vote = claims.node().call(network.jury(), JuryAbi.voteOf(dispute, number(seat)));
    Word cast = vote.word(0);
    if (stage == SEATED && now.timestamp() <= times.small(1)) {
      if (now.timestamp() >= times.small(0)) {
        judge(duty, now, times)
            .map(v -> commitment(dispute, seat, v))
            .filter(c -> !c.equals(cast))
            .ifPresent(c -> send(duty, "vote " + c, JuryAbi.vote(dispute, number(seat), c), now));
      } else {
        builds.result(duty, times.small(1) - now.timestamp(), now.timestamp());
      }
    } else if (now.timestamp() > times.small(1) && !vote.flag(1)) {
      // Whatever a rebuild says by now: what was cast is what opens.
      Stream.of(Verdict.values())
          .filter(v -> commitment(dispute, seat, v).equals(cast))
          .map(v -> JuryAbi.reveal(dispute, number(seat), v.ordinal(), salt(dispute, seat)))
          .forEach(call -> send(duty, "voted", call, now));
    }
    mover.closeOrSeat(dispute, now);
    return true;
  }

  /**
   * What to vote now. Who can't rebuild it doesn't stay silent, which would cost its lock: it says
   * what hurts nobody, and votes again if the build ends in time after all.
   */
  private Optional<Verdict> judge(Duty duty, BlockHeader now, Values times) {
    long left = times.small(1) - now.timestamp();
    Optional<Rebuilder.Rebuilt> built = builds.result(duty, left, now.timestamp());
    if (built.isPresent()) {
      return Optional.of(verdict(duty, built.get().output()));
    }
    boolean late = left < Math.min(NEAR, (times.small(1) - times.small(0)) / 2);
    return late || builds.declined(duty.claim()).isPresent()
        ? Optional.of(Verdict.NON_DETERMINISM)
        : Optional.empty();
  }

  private boolean isMine(Word dispute, long seat) {
    return claims
        .node()
        .call(network.jury(), JuryAbi.jurorOf(dispute, number(seat)))
        .address(0)
        .equals(key.address());
  }

  private void send(Duty duty, String step, Call call, BlockHeader now) {
    mover.send(duty.name() + " " + step, network.jury(), call, now);
  }

  private Word commitment(Word dispute, long seat, Verdict verdict) {
    return commitments.ofVote(dispute, seat, verdict, salt(dispute, seat));
  }

  private Word salt(Word dispute, long seat) {
    return Salts.of(key, "vote", dispute, Word.of(seat), network.jury().word());
  }

  private static BigInteger number(long seat) {
    return BigInteger.valueOf(seat);
  }

  /** Whom the rebuilt output agrees with. */
  private Verdict verdict(Duty duty, Word rebuilt) {
    Optional<Values> disputed =
        claims.history(duty.claim()).stream()
            .filter(l -> l.is(ClaimsAbi.DISPUTED))
            .map(l -> l.values(ClaimsAbi.DISPUTED))
            .filter(v -> v.small(1) == duty.number())
            .findFirst();
    if (disputed.isPresent() && disputed.get().word(2).equals(rebuilt)) {
      return Verdict.VALIDATOR;
    }
    if (disputed.isPresent() && disputed.get().word(3).equals(Commitments.kept(rebuilt))) {
      return Verdict.PUBLISHER;
    }
    return Verdict.NON_DETERMINISM;
  }
}
