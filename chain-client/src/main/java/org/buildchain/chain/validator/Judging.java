package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.util.Optional;
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
  /** A juror has the time for review, which the jury's terms say and nobody cuts short. */
  private static final long MAX_SECONDS = 1 << 20;

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
    Optional<Rebuilder.Rebuilt> built = builds.result(duty, MAX_SECONDS, now.timestamp());
    if (built.isPresent()) {
      vote(duty, dispute, stage, verdict(duty, built.get().output()), now);
    }
    mover.closeOrSeat(dispute, now);
    return true;
  }

  private boolean isMine(Word dispute, long seat) {
    return claims
        .node()
        .call(network.jury(), JuryAbi.jurorOf(dispute, BigInteger.valueOf(seat)))
        .address(0)
        .equals(key.address());
  }

  private void vote(Duty duty, Word dispute, long stage, Verdict verdict, BlockHeader now) {
    long seat = duty.seat().orElseThrow();
    Values times = claims.node().call(network.jury(), JuryAbi.timesOf(dispute));
    Word salt = Salts.of(key, "vote", dispute, Word.of(seat), network.jury().word());
    if (stage == SEATED && now.timestamp() >= times.small(0) && now.timestamp() <= times.small(1)) {
      Word commitment = commitments.ofVote(dispute, seat, verdict, salt);
      mover.send(
          duty.name() + " vote",
          network.jury(),
          JuryAbi.vote(dispute, BigInteger.valueOf(seat), commitment),
          now);
    } else if (now.timestamp() > times.small(1) && now.timestamp() <= times.small(2)) {
      mover.send(
          duty.name() + " voted",
          network.jury(),
          JuryAbi.reveal(dispute, BigInteger.valueOf(seat), verdict.ordinal(), salt),
          now);
    }
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
