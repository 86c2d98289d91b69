package org.buildchain.chain.claim;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;

/**
 * Sends what moves claims on. What it does follows from what the chain says now: nothing has to be
 * remembered, and what a reorganisation undid is done again.
 */
public final class Mover {
  /** Blocks after which what had no effect is sent again. */
  private static final long PATIENCE = 6;

  /** Blocks for which a draw is left to who is drawn: it saves the chain a transaction. */
  private static final long OWN_DRAW = 8;

  private static final int SEATING = 1;
  private static final int SEATED = 2;
  private static final int DECIDED = 3;

  private final Claims claims;
  private final Sender sender;
  private final Map<String, Sent> sent = new HashMap<>();

  private record Sent(long block, Word transaction) {}

  /** Moves claims with transactions of {@code sender}, who pays for them. */
  public Mover(Claims claims, Sender sender) {
    this.claims = claims;
    this.sender = sender;
  }

  /** The account that sends. */
  public Sender sender() {
    return sender;
  }

  /**
   * Sends a step unless it was sent a few blocks ago and may still come. What a reorganisation or
   * the node has dropped is sent at once.
   *
   * @param step names it
   * @return whether it was sent; not if the chain would refuse it: somebody else was faster
   */
  public boolean send(String step, Address contract, Call call, BlockHeader now) {
    Sent before = sent.get(step);
    if (before != null
        && before.block() <= now.number()
        && now.number() < before.block() + PATIENCE
        && claims.node().isKnown(before.transaction())) {
      return false;
    }
    try {
      sent.put(step, new Sent(now.number(), sender.send(contract, call)));
    } catch (NodeException e) {
      if (e.isRefusal()) {
        return false;
      }
      throw e;
    }
    return true;
  }

  /**
   * Moves a claim on if anyone may now.
   *
   * @param patience blocks (seconds, for a deadline) to leave it to others
   * @return whether something was sent
   */
  public boolean move(Word claim, Head head, BlockHeader now, long patience) {
    Phase phase = Claims.phase(head);
    if (phase == Phase.NONE || phase.isEnd()) {
      return false;
    }
    if (phase == Phase.DRAWING) {
      if (now.number() < head.when() + patience) {
        return false;
      }
      if (now.number() < head.when() + patience + OWN_DRAW
          && claims.preview(claim, head).filter(p -> p.slot().isPresent()).isPresent()) {
        return false;
      }
      return draw(claim, head, now);
    }
    if (phase == Phase.DISPUTED && moveJury(claim, head, now)) {
      return true;
    }
    if (now.timestamp() <= head.when() + patience) {
      return false;
    }
    return send(
        claim + " " + phase + head.when(),
        claims.network().claims(),
        ClaimsAbi.advance(claim, new byte[0]),
        now);
  }

  /** Carries out a draw, from which on who is drawn has a deadline. */
  public boolean draw(Word claim, Head head, BlockHeader now) {
    return send(
        claim + " " + head.steps(),
        claims.network().claims(),
        ClaimsAbi.advance(claim, proof(head.when())),
        now);
  }

  /** What proves the randomness of a block. */
  public byte[] proof(long number) {
    return claims.node().block(number).map(BlockHeader::rlp).orElse(new byte[0]);
  }

  private boolean moveJury(Word claim, Head head, BlockHeader now) {
    return closeOrSeat(Commitments.dispute(claim, head.pool()), now);
  }

  /** Seats a jury, or closes a dispute whose time is over. */
  public boolean closeOrSeat(Word dispute, BlockHeader now) {
    Address jury = claims.network().jury();
    Values state = claims.node().call(jury, JuryAbi.disputeOf(dispute));
    long stage = state.small(0);
    if (stage == SEATING) {
      long decidedBy = claims.node().call(jury, JuryAbi.seatedBy(dispute)).small(0);
      return now.number() >= decidedBy
          && send(
              dispute + " seat " + decidedBy, jury, JuryAbi.seat(dispute, proof(decidedBy)), now);
    }
    if (stage != SEATED && stage != DECIDED) {
      return false;
    }
    long end = claims.node().call(jury, JuryAbi.timesOf(dispute)).small(2);
    boolean complete =
        claims.node().call(jury, JuryAbi.turnoutOf(dispute)).small(1) == state.small(2);
    return (complete || now.timestamp() > end)
        && send(dispute + " close", jury, JuryAbi.close(dispute), now);
  }

  /** The block that decides who sits on a jury, if one is still to be seated. */
  public Optional<Long> seatedBy(Word dispute) {
    long block = claims.node().call(claims.network().jury(), JuryAbi.seatedBy(dispute)).small(0);
    return block == 0 ? Optional.empty() : Optional.of(block);
  }
}
