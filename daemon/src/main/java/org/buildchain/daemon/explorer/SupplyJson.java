package org.buildchain.daemon.explorer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.contracts.RewardsAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.index.ChainIndex;
import org.buildchain.chain.rpc.Log;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens and reward periods for the page. */
final class SupplyJson {
  private static final int PERIODS = 24;
  private static final int MOST_POINTS = 400;

  private final ExplorerSource source;

  SupplyJson(ExplorerSource source) {
    this.source = source;
  }

  /** The supply and what made it so. */
  void brief(ChainIndex.Snapshot chain, ObjectNode out) {
    BigInteger minted = BigInteger.ZERO;
    BigInteger burned = BigInteger.ZERO;
    for (Log log : chain.others()) {
      BigInteger change = change(log);
      if (change.signum() > 0) {
        minted = minted.add(change);
      } else {
        burned = burned.subtract(change);
      }
    }
    BigInteger rewards =
        rewards(chain).values().stream()
            .flatMap(m -> m.values().stream())
            .reduce(BigInteger.ZERO, BigInteger::add);
    out.put("supply", Json.amount(source.supply()));
    out.put("first", Json.amount(minted.subtract(rewards)));
    out.put("minted", Json.amount(rewards)).put("burned", Json.amount(burned));
  }

  /** The period that runs. */
  void period(ChainIndex.Snapshot chain, ObjectNode out) {
    long length = Math.max(1, source.periodLength());
    period(chain.time() / length, length, out);
  }

  private void period(long number, long length, ObjectNode out) {
    out.put("number", number).put("from", number * length).put("to", (number + 1) * length);
    out.put("amount", Json.amount(source.periodAmount(number)));
    out.put("credited", source.periodCredit(number));
  }

  /** All of it, and the last periods. */
  ObjectNode all(ChainIndex.Snapshot chain) {
    ObjectNode out = Json.object().put("block", chain.block()).put("time", chain.time());
    brief(chain, out);
    ArrayNode points = out.putArray("points");
    for (Point p : points(chain)) {
      points.addArray().add(p.block()).add(Json.amount(p.supply()));
    }
    long length = Math.max(1, source.periodLength());
    long current = chain.time() / length;
    Map<Long, Map<Address, BigInteger>> rewards = rewards(chain);
    long oldest = Math.max(current - PERIODS, first(chain, rewards, current, length));
    ArrayNode periods = out.putArray("periods");
    for (long n = current; n >= oldest; n--) {
      ObjectNode period = periods.addObject();
      period(n, length, period);
      period.put("running", n == current);
      ArrayNode taken = period.putArray("taken");
      rewards
          .getOrDefault(n, Map.of())
          .forEach(
              (who, amount) ->
                  taken
                      .addObject()
                      .put("validator", who.toString())
                      .put("amount", Json.amount(amount)));
    }
    return out;
  }

  /** The period in which the chain began, as far as it is known. */
  private long first(
      ChainIndex.Snapshot chain,
      Map<Long, Map<Address, BigInteger>> rewards,
      long current,
      long length) {
    long began =
        source.logs().block(source.logs().first()).map(b -> b.timestamp() / length).orElse(current);
    return chain.others().isEmpty()
        ? current
        : Math.min(began, rewards.keySet().stream().findFirst().orElse(began));
  }

  private record Point(long block, BigInteger supply) {}

  /** How the supply changed, one point for a block at most. */
  private static List<Point> points(ChainIndex.Snapshot chain) {
    TreeMap<Long, BigInteger> byBlock = new TreeMap<>();
    BigInteger supply = BigInteger.ZERO;
    for (Log log : chain.others()) {
      BigInteger change = change(log);
      if (change.signum() != 0) {
        supply = supply.add(change);
        byBlock.put(log.block(), supply);
      }
    }
    List<Point> all = new ArrayList<>();
    byBlock.forEach((block, s) -> all.add(new Point(block, s)));
    List<Point> some = new ArrayList<>();
    int stride = all.size() / MOST_POINTS + 1;
    for (int i = 0; i < all.size(); i++) {
      if (i % stride == 0 || i == all.size() - 1) {
        some.add(all.get(i));
      }
    }
    return some;
  }

  private static BigInteger change(Log log) {
    if (!log.is(TokenAbi.TRANSFER)) {
      return BigInteger.ZERO;
    }
    Values v = log.values(TokenAbi.TRANSFER);
    boolean made = v.address(0).equals(Address.ZERO);
    return made ? v.number(2) : v.number(2).negate();
  }

  /** What was minted by period and validator. */
  private static Map<Long, Map<Address, BigInteger>> rewards(ChainIndex.Snapshot chain) {
    Map<Long, Map<Address, BigInteger>> rewards = new TreeMap<>();
    for (Log log : chain.others()) {
      if (log.is(RewardsAbi.REWARDED)) {
        Values v = log.values(RewardsAbi.REWARDED);
        rewards
            .computeIfAbsent(v.small(0), p -> new TreeMap<>())
            .merge(v.address(1), v.number(3), BigInteger::add);
      }
    }
    return rewards;
  }
}
