package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.time.Duration;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.contracts.Parameters;
import org.buildchain.chain.contracts.RewardsAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;

/** A validator's stake and rewards. Its key works and holds the stake. */
public final class Stakes {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Claims claims;
  private final Network network;
  private final Sender sender;

  /** The stake of the account of {@code sender}. */
  public Stakes(Claims claims, Sender sender) {
    this.claims = claims;
    this.network = claims.network();
    this.sender = sender;
  }

  /** What the validator holds, and of that what open services lock; in 10^-18 BCT. */
  public record Stake(BigInteger amount, BigInteger locked) {}

  /** The stake of this account. */
  public Stake stake() {
    Values v =
        claims.node().call(network.registry(), ValidatorRegistryAbi.stakeOf(sender.account()));
    return new Stake(v.number(0), v.number(1));
  }

  /** Whether requests made now can draw it. */
  public boolean isAvailable() {
    return claims
        .node()
        .call(network.registry(), ValidatorRegistryAbi.isAvailable(sender.account()))
        .flag(0);
  }

  /** The least stake with which it can be drawn. */
  public BigInteger least() {
    return parameters().minStake();
  }

  /** Whether the account has what its stake lacks to {@code amount}, and any ether for fees. */
  public boolean affords(BigInteger amount) {
    BigInteger tokens =
        claims.node().call(network.token(), TokenAbi.balanceOf(sender.account())).number(0);
    return tokens.compareTo(amount.subtract(stake().amount())) >= 0
        && claims.node().balance(sender.account()).signum() > 0;
  }

  private Parameters parameters() {
    return Parameters.of(claims.node().call(network.registry(), ValidatorRegistryAbi.parameters()));
  }

  /**
   * Stakes, or adds to the stake, so that it is {@code amount} at least, and is available from then
   * on. One that is leaving stays as it is: what it was drawn for it can still serve.
   *
   * @throws NodeException if the account has too few tokens, or the registry refuses
   */
  public void stake(BigInteger amount) throws InterruptedException {
    Address self = sender.account();
    if (!isAvailable() && Leaving.of(claims, self).isPresent()) {
      return;
    }
    BigInteger has = stake().amount();
    BigInteger lacks = amount.subtract(has);
    if (lacks.signum() > 0) {
      sender.run(network.token(), TokenAbi.approve(network.registry(), lacks), PATIENCE);
    }
    Address operator =
        claims.node().call(network.registry(), ValidatorRegistryAbi.operatorOf(self)).address(0);
    if (operator.equals(Address.ZERO)) {
      sender.run(network.registry(), ValidatorRegistryAbi.join(self, lacks), PATIENCE);
      return;
    }
    if (lacks.signum() > 0) {
      sender.run(network.registry(), ValidatorRegistryAbi.addStake(self, lacks), PATIENCE);
    }
    if (!isAvailable()) {
      sender.run(network.registry(), ValidatorRegistryAbi.resume(self), PATIENCE);
    }
  }

  /**
   * Collects the rewards of the periods that have ended, back to {@code from}.
   *
   * @return what was minted
   */
  public BigInteger collect(long from) throws InterruptedException {
    Address self = sender.account();
    long current =
        claims.node().call(network.registry(), ValidatorRegistryAbi.currentPeriod()).small(0);
    BigInteger sum = BigInteger.ZERO;
    for (long period = Math.max(0, from); period < current; period++) {
      BigInteger p = BigInteger.valueOf(period);
      boolean taken = claims.node().call(network.rewards(), RewardsAbi.taken(p, self)).flag(0);
      BigInteger share =
          claims.node().call(network.rewards(), RewardsAbi.shareOf(p, self)).number(0);
      if (!taken && share.signum() > 0) {
        sender.run(network.rewards(), RewardsAbi.take(p, self), PATIENCE);
        sum = sum.add(share);
      }
    }
    return sum;
  }

  /** The reward period that runs. */
  public long currentPeriod() {
    return claims.node().call(network.registry(), ValidatorRegistryAbi.currentPeriod()).small(0);
  }
}
