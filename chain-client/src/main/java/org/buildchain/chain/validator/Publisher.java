package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.time.Duration;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.claim.Endings;
import org.buildchain.chain.claim.Mover;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.claim.Salts;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.Rules;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;

/**
 * Claims outputs and follows the claims to their ends. It keeps nothing: the salt of the n-th claim
 * of a derivation and an output follows from the key, so that whoever claims the same again goes on
 * with a claim that is still open.
 */
public final class Publisher {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int MAX_CLAIMS = 1000;

  private final Claims claims;
  private final Network network;
  private final Key key;
  private final Sender sender;
  private final Mover mover;
  private final Commitments commitments;
  private final Endings endings;

  /** Publishes in the name of this key's account, which pays for it. */
  public Publisher(Claims claims, Key key) {
    this.claims = claims;
    this.network = claims.network();
    this.key = key;
    this.sender = Sender.of(claims.node(), key);
    this.mover = new Mover(claims, sender);
    this.commitments = new Commitments(network);
    this.endings = new Endings(claims, key);
  }

  /**
   * A claim of this publisher.
   *
   * @param salt opens its commitment
   */
  public record Claim(Word id, Word derivation, Word output, Word salt) {}

  /** The claim of this derivation and output that is open, or else a new one's name. */
  public Claim find(Word derivation, Word output) {
    for (int i = 0; i < MAX_CLAIMS; i++) {
      Word salt = Salts.of(key, "claim", derivation, output, Word.of(i), network.claims().word());
      Word commitment = commitments.ofClaim(key.address(), derivation, output, salt);
      Claim claim =
          new Claim(
              Commitments.claimId(key.address(), derivation, commitment), derivation, output, salt);
      if (!Claims.phase(claims.head(claim.id())).isEnd()) {
        return claim;
      }
    }
    throw new IllegalStateException("this was claimed " + MAX_CLAIMS + " times");
  }

  /** What a claim takes out of the publisher's account, in 10^-18 BCT. */
  public BigInteger cost() {
    Rules rules = claims.currentRules();
    return rules.publisherStake().add(rules.fee());
  }

  /**
   * Publishes a claim, unless it is there. Pays into the account what it lacks.
   *
   * @param buildClass validators have the rules' build time times two to this power
   * @throws NodeException if the account has not enough tokens, or the chain refuses
   */
  public void publish(Claim claim, int buildClass) throws InterruptedException {
    if (Claims.phase(claims.head(claim.id())) != Phase.NONE) {
      return;
    }
    fund();
    Word commitment =
        commitments.ofClaim(key.address(), claim.derivation(), claim.output(), claim.salt());
    sender.run(
        network.claims(), ClaimsAbi.publish(claim.derivation(), commitment, buildClass), PATIENCE);
  }

  private void fund() throws InterruptedException {
    Address self = key.address();
    BigInteger lacks = cost().subtract(claims.call(ClaimsAbi.accountOf(self)).number(0));
    if (lacks.signum() <= 0) {
      return;
    }
    approve(network.claims(), lacks);
    sender.run(network.claims(), ClaimsAbi.deposit(lacks), PATIENCE);
  }

  private void approve(Address spender, BigInteger amount) throws InterruptedException {
    sender.run(network.token(), TokenAbi.approve(spender, amount), PATIENCE);
  }

  /**
   * Does what can be done for a claim now, in whatever phase it is.
   *
   * @return where it stood before
   */
  public Head step(Claim claim) {
    BlockHeader now = claims.node().latest();
    Head head = claims.head(claim.id());
    Phase phase = Claims.phase(head);
    if (finish(claim, phase, head, now)) {
      return head;
    }
    if (phase == Phase.OPENING && now.timestamp() <= head.when()) {
      mover.send(
          claim.id() + " open",
          network.claims(),
          ClaimsAbi.open(claim.id(), claim.derivation(), claim.output(), claim.salt()),
          now);
    } else {
      mover.move(claim.id(), head, now, 0);
    }
    return head;
  }

  /** Ends a claim in which all agree, in place of who would reveal. */
  private boolean finish(Claim claim, Phase phase, Head head, BlockHeader now) {
    boolean due =
        switch (phase) {
          case DRAWING ->
              now.number() >= head.when()
                  && head.reports() > 0
                  && claims
                      .preview(claim.id(), head)
                      .filter(p -> p.phase() == Phase.REVEALING)
                      .isPresent();
          case REVEALING -> now.timestamp() <= head.when();
          default -> false;
        };
    if (!due) {
      return false;
    }
    byte[] proof = phase == Phase.DRAWING ? mover.proof(head.when()) : new byte[0];
    return endings
        .of(claim.id(), head, claim.derivation(), claim.output(), claim.salt())
        .filter(
            e ->
                mover.send(
                    claim.id() + " finish " + head.steps(),
                    network.claims(),
                    ClaimsAbi.finish(claim.id(), proof, e),
                    now))
        .isPresent();
  }

  /** Takes everything that is not locked out of the publisher's account. */
  public void withdraw() throws InterruptedException {
    BigInteger has = claims.call(ClaimsAbi.accountOf(key.address())).number(0);
    if (has.signum() > 0) {
      sender.run(network.claims(), ClaimsAbi.withdraw(has), PATIENCE);
    }
  }
}
