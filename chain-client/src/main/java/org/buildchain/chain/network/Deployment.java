package org.buildchain.chain.network;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.Point;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.contracts.RandaoAbi;
import org.buildchain.chain.contracts.RewardsAbi;
import org.buildchain.chain.contracts.TimelockControllerAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.contracts.VerifiedAbi;
import org.buildchain.chain.contracts.VrfAuthorityAbi;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.PublicKey;

/**
 * Puts the contracts on a chain. They know each other by the addresses that they will have: the
 * account must send nothing else meanwhile.
 */
public final class Deployment {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** In this order. */
  private static final int TIME_LOCK = 0;

  private static final int RANDAO = 1;
  private static final int TOKEN = 2;
  private static final int VERIFIED = 3;
  private static final int REGISTRY = 4;
  private static final int CLAIMS = 5;
  private static final int JURY = 6;
  private static final int REWARDS = 7;
  private static final int MARKET = 8;

  private Deployment() {}

  /** Where the claims contract stands that an account deploys before it does anything else. */
  public static Address firstClaims(Address account) {
    return account.created(CLAIMS);
  }

  /** Where the market stands that an account deploys before it does anything else. */
  public static Address firstMarket(Address account) {
    return account.created(MARKET);
  }

  /**
   * Deploys.
   *
   * @param holder receives the first distribution: a Merkle drop, or on a local chain an account
   * @throws NodeException if the node refuses a step
   */
  public static Network deploy(Node node, Sender sender, Address holder, Constants c)
      throws InterruptedException {
    return deploy(node, sender, holder, c, Optional.empty());
  }

  /**
   * Deploys.
   *
   * @param authority whose proofs are the source of randomness; without one, the chain's own is
   */
  public static Network deploy(
      Node node, Sender sender, Address holder, Constants c, Optional<PublicKey> authority)
      throws InterruptedException {
    long first = node.nonce(sender.account());
    long from = node.blockNumber();
    Address self = sender.account();
    Address timeLock = self.created(first + TIME_LOCK);
    Address randao = self.created(first + RANDAO);
    Address token = self.created(first + TOKEN);
    Address verified = self.created(first + VERIFIED);
    Address registry = self.created(first + REGISTRY);
    Address claims = self.created(first + CLAIMS);
    Address jury = self.created(first + JURY);
    Address rewards = self.created(first + REWARDS);
    Address market = self.created(first + MARKET);
    List<byte[]> creations =
        List.of(
            TimelockControllerAbi.creation(
                c.timeLock(), List.of(self), List.of(self), Address.ZERO),
            authority
                .map(
                    k ->
                        VrfAuthorityAbi.creation(
                            timeLock, new Point(k.x().number(), k.y().number())))
                .orElseGet(RandaoAbi::creation),
            TokenAbi.creation(holder, c.firstDistribution(), rewards),
            VerifiedAbi.creation(claims),
            ValidatorRegistryAbi.creation(timeLock, token, claims, jury, c.period(), c.registry()),
            ClaimsAbi.creation(timeLock, c.rules(), token, registry, randao, jury, verified),
            JuryAbi.creation(timeLock, c.terms(), token, claims, registry, randao),
            RewardsAbi.creation(timeLock, token, registry, c.periodMint()),
            PredictionMarketAbi.creation(token, claims, jury));
    for (int i = 0; i < creations.size(); i++) {
      Word sent = sender.send(Optional.empty(), creations.get(i), BigInteger.ZERO);
      Optional<Address> created = sender.await(sent, "deployment", PATIENCE).created();
      if (!created.equals(Optional.of(self.created(first + i)))) {
        throw new IllegalStateException("the account sent something else meanwhile");
      }
    }
    return Network.of(node, claims, Optional.of(market), from);
  }
}
