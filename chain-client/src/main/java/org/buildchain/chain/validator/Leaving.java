package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.contracts.Parameters;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.store.format.FormatException;

/**
 * How a validator gets its stake back: it says that it leaves, is drawn no more, serves what is
 * open, and when the registry's time for that is over takes the stake.
 *
 * @param from when the stake can be taken, in seconds since 1970
 * @param block the first block whose requests can't draw it, or a later one
 */
public record Leaving(long from, long block) {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Whether, and since when, a validator is leaving. One that has left is not. */
  public static Optional<Leaving> of(Claims claims, Address validator) {
    List<Log> logs =
        claims
            .node()
            .logs(
                claims.network().registry(),
                claims.network().fromBlock(),
                claims.node().blockNumber(),
                List.of(Optional.empty(), Optional.of(validator.word())));
    Optional<Leaving> leaving = Optional.empty();
    for (Log log : logs) {
      if (log.is(ValidatorRegistryAbi.DRAINING)) {
        leaving = Optional.of(of(log));
      } else if (log.is(ValidatorRegistryAbi.LEFT)) {
        leaving = Optional.empty();
      }
    }
    return leaving;
  }

  /**
   * Begins to leave.
   *
   * @throws NodeException if the sender did not stake for itself, or leaves already
   */
  public static Leaving begin(Claims claims, Sender sender) throws InterruptedException {
    Address registry = claims.network().registry();
    return sender
        .run(registry, ValidatorRegistryAbi.drain(sender.account()), PATIENCE)
        .logs()
        .stream()
        .filter(l -> l.is(ValidatorRegistryAbi.DRAINING))
        .map(Leaving::of)
        .findFirst()
        .orElseThrow(() -> new FormatException("registry", "no event says that it leaves"));
  }

  private static Leaving of(Log log) {
    return new Leaving(log.values(ValidatorRegistryAbi.DRAINING).small(1), log.block());
  }

  /** Why the stake can't be taken yet; empty if it can. */
  public Optional<String> hindrance(Claims claims, Address validator) {
    Address registry = claims.network().registry();
    BigInteger locked =
        claims.node().call(registry, ValidatorRegistryAbi.stakeOf(validator)).number(1);
    if (locked.signum() > 0) {
      return Optional.of("what it was drawn for is not over");
    }
    if (claims.node().latest().timestamp() < from) {
      return Optional.of("that is not yet");
    }
    long coolDown =
        Parameters.of(claims.node().call(registry, ValidatorRegistryAbi.parameters())).coolDown();
    long wait = block + coolDown + 1 - claims.node().blockNumber();
    return wait > 0 ? Optional.of(wait + " blocks must pass first") : Optional.empty();
  }

  /**
   * Takes the stake back.
   *
   * @return how much, in 10^-18 BCT
   * @throws NodeException if there is a {@link #hindrance}
   */
  public static BigInteger end(Claims claims, Sender sender) throws InterruptedException {
    Address registry = claims.network().registry();
    Address self = sender.account();
    BigInteger stake = claims.node().call(registry, ValidatorRegistryAbi.stakeOf(self)).number(0);
    sender.run(registry, ValidatorRegistryAbi.unstake(self), PATIENCE);
    return stake;
  }
}
