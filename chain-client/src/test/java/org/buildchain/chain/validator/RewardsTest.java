package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A period is closed and paid: what everybody gets is what the rule says, computed here once more
 * from the times that were revealed. The rule: a claim credits each of its validators the mean of
 * all, a figure more than 4 median absolute deviations off the median clipped to that; a period's
 * mint is shared in proportion.
 */
class RewardsTest {
  private static final int VALIDATORS = 7;
  private static final int CLAIMS = 6;
  private static final int PERIOD = 3600;

  @TempDir private Path folder;

  @Test
  void whatIsPaidIsWhatTheRuleSays() throws Exception {
    // Three of four times another validator is drawn: enough for figures that are clipped.
    try (TestChain chain = new TestChain(Constants.local(3L << 30))) {
      List<Key> keys = new ArrayList<>();
      List<Validator> validators = new ArrayList<>();
      for (int i = 0; i < VALIDATORS; i++) {
        Key key = chain.funded(5000);
        new Stakes(chain.claims, Sender.of(chain.node, key)).stake(Constants.bct(5000));
        keys.add(key);
        validators.add(validator(chain, key, i == 0 ? 400 : 20 + i));
      }
      Publisher publisher = new Publisher(chain.claims, chain.funded(20_000));
      Map<Long, Map<Address, Long>> credits = new TreeMap<>();
      for (int i = 0; i < CLAIMS; i++) {
        Publisher.Claim claim =
            publisher.find(TestChain.word("derivation " + i), TestChain.word("output"));
        publisher.publish(claim, 0);
        assertEquals(Phase.VALID, Claims.phase(chain.follow(publisher, claim, validators, 1)));
        credit(chain, claim.id(), credits);
      }
      chain.pass(PERIOD);
      BigInteger minted = BigInteger.ZERO;
      for (Key key : keys) {
        BigInteger due = due(credits, key.address());
        Stakes stakes = new Stakes(chain.claims, Sender.of(chain.node, key));
        assertEquals(due, stakes.collect(credits.keySet().iterator().next()));
        assertEquals(due, chain.balance(key.address()), "nothing else was left in the account");
        minted = minted.add(due);
      }
      assertTrue(minted.signum() > 0);
      // Nothing was burned yet.
      assertEquals(
          Constants.bct(100_000_000).add(minted),
          chain.node.call(chain.network.token(), TokenAbi.totalSupply()).number(0));
    }
  }

  /** One whose builds take so long on the chain's clock. */
  private Validator validator(TestChain chain, Key key, int seconds) {
    return new Validator(
        chain.claims,
        key,
        (derivation, most) -> {
          chain.pass(seconds);
          return new Rebuilder.Rebuilt(TestChain.word("output"), seconds);
        },
        new Validator.Options(folder.resolve(key.address().toString()), 0, 4),
        Runnable::run,
        text -> {});
  }

  private static void credit(TestChain chain, Word claim, Map<Long, Map<Address, Long>> credits) {
    Map<Long, Address> drawn = new HashMap<>();
    Map<Long, Long> times = new TreeMap<>();
    long period = -1;
    for (Log log : chain.claims.history(claim)) {
      if (log.is(ClaimsAbi.DRAWN)) {
        Values v = log.values(ClaimsAbi.DRAWN);
        drawn.put(v.small(1), v.address(2));
      } else if (log.is(ClaimsAbi.REVEALED)) {
        Values v = log.values(ClaimsAbi.REVEALED);
        times.put(v.small(1), v.small(3));
      } else if (log.is(ClaimsAbi.TIMED)) {
        period = chain.node.block(log.block()).orElseThrow().timestamp() / PERIOD;
      }
    }
    long mean = mean(List.copyOf(times.values()));
    Map<Address, Long> credited = credits.computeIfAbsent(period, p -> new HashMap<>());
    times.keySet().forEach(n -> credited.merge(drawn.get(n), mean, Long::sum));
  }

  private static long mean(List<Long> times) {
    long median = median(times);
    long bound = 4 * median(times.stream().map(t -> Math.abs(t - median)).toList());
    return times.stream()
            .mapToLong(t -> Math.clamp(t, Math.max(0, median - bound), median + bound))
            .sum()
        / times.size();
  }

  private static long median(List<Long> values) {
    List<Long> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
  }

  private static BigInteger due(Map<Long, Map<Address, Long>> credits, Address validator) {
    BigInteger due = BigInteger.ZERO;
    for (Map<Address, Long> period : credits.values()) {
      long total = period.values().stream().mapToLong(Long::longValue).sum();
      long own = period.getOrDefault(validator, 0L);
      due =
          due.add(
              Constants.bct(100_000)
                  .multiply(BigInteger.valueOf(own))
                  .divide(BigInteger.valueOf(total)));
    }
    return due;
  }
}
