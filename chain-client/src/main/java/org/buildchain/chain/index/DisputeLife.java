package org.buildchain.chain.index;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.rpc.Log;

/**
 * A dispute's jury and market, as the logs of both contracts tell it.
 *
 * @param id the dispute
 * @param seats of the jury, by number; empty before it is drawn
 * @param verdict once it is known
 * @param market empty if nobody opened one
 * @param evidence oldest first
 */
public record DisputeLife(
    Word id,
    List<Seat> seats,
    Optional<Verdict> verdict,
    Optional<Trading> market,
    List<Evidence> evidence) {

  /**
   * A juror's seat.
   *
   * @param weight in 10^-18 BCT
   * @param from when voting begins, in seconds since 1970
   * @param to when it ends
   * @param voted whether it committed to a vote
   * @param vote once it is revealed
   */
  public record Seat(
      Address juror,
      BigInteger weight,
      long from,
      long to,
      boolean voted,
      Optional<Verdict> vote) {}

  /**
   * A market.
   *
   * @param liquidity the parameter b of the market maker, in 10^-18 BCT
   * @param sold shares of each outcome, in the order of {@link Verdict}, in 10^-18
   * @param trades oldest first
   * @param outcome once it is settled
   */
  public record Trading(
      Address sponsor,
      BigInteger liquidity,
      List<BigInteger> sold,
      List<Trade> trades,
      Optional<Verdict> outcome) {

    /**
     * What the market gives for the chance of each outcome, in the order of {@link Verdict}:
     * exp(q_i / b) / Σ exp(q_j / b). Source: R. Hanson, "Logarithmic market scoring rules for
     * modular combinatorial information aggregation" (2002).
     */
    public List<Double> prices() {
      double b = liquidity.doubleValue();
      double largest = sold.stream().mapToDouble(BigInteger::doubleValue).max().orElse(0);
      List<Double> weights =
          sold.stream().map(q -> Math.exp((q.doubleValue() - largest) / b)).toList();
      double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
      return weights.stream().map(w -> w / sum).toList();
    }
  }

  /**
   * A trade.
   *
   * @param shares bought, or if negative sold, in 10^-18
   * @param amount paid or received, in 10^-18 BCT
   */
  public record Trade(
      long block, Address trader, Verdict outcome, BigInteger shares, BigInteger amount) {}

  /**
   * Evidence that somebody attached.
   *
   * @param digest of the CID of a dag-cbor block
   */
  public record Evidence(long block, Address by, Word digest) {}

  /** A dispute by the logs, oldest first, that have its id as their first parameter. */
  public static DisputeLife of(Word id, List<Log> logs) {
    Fold fold = new Fold();
    logs.forEach(fold::take);
    return new DisputeLife(
        id,
        List.copyOf(fold.seats),
        fold.verdict,
        fold.sponsor.map(
            s ->
                new Trading(
                    s,
                    fold.liquidity,
                    List.copyOf(fold.sold),
                    List.copyOf(fold.trades),
                    fold.outcome)),
        List.copyOf(fold.evidence));
  }

  private static Verdict verdict(long ordinal) {
    return Verdict.values()[Math.toIntExact(ordinal)];
  }

  private static final class Fold {
    private final List<Seat> seats = new ArrayList<>();
    private final List<Trade> trades = new ArrayList<>();
    private final List<Evidence> evidence = new ArrayList<>();
    private final List<BigInteger> sold =
        new ArrayList<>(Collections.nCopies(Verdict.values().length, BigInteger.ZERO));
    private Optional<Verdict> verdict = Optional.empty();
    private Optional<Address> sponsor = Optional.empty();
    private BigInteger liquidity = BigInteger.ONE;
    private Optional<Verdict> outcome = Optional.empty();

    void take(Log log) {
      if (log.is(JuryAbi.SEATED)) {
        Values v = log.values(JuryAbi.SEATED);
        // A jury that was too small is drawn anew.
        if (v.small(1) == 0) {
          seats.clear();
        }
        seats.add(
            new Seat(v.address(2), v.number(3), v.small(4), v.small(5), false, Optional.empty()));
      } else if (log.is(JuryAbi.VOTED)) {
        seat(log.values(JuryAbi.VOTED).small(1), Optional.empty());
      } else if (log.is(JuryAbi.VOTE_REVEALED)) {
        Values v = log.values(JuryAbi.VOTE_REVEALED);
        seat(v.small(1), Optional.of(verdict(v.small(2))));
      } else if (log.is(JuryAbi.DECIDED)) {
        verdict = Optional.of(verdict(log.values(JuryAbi.DECIDED).small(1)));
      } else {
        trade(log);
      }
    }

    private void trade(Log log) {
      if (log.is(PredictionMarketAbi.MARKET_OPENED)) {
        Values v = log.values(PredictionMarketAbi.MARKET_OPENED);
        sponsor = Optional.of(v.address(1));
        liquidity = v.number(2);
        attach(log.block(), v.address(1), v.word(3));
      } else if (log.is(PredictionMarketAbi.EVIDENCE_ADDED)) {
        Values v = log.values(PredictionMarketAbi.EVIDENCE_ADDED);
        attach(log.block(), v.address(1), v.word(2));
      } else if (log.is(PredictionMarketAbi.TRADED)) {
        Values v = log.values(PredictionMarketAbi.TRADED);
        int which = Math.toIntExact(v.small(2));
        sold.set(which, sold.get(which).add(v.number(3)));
        trades.add(new Trade(log.block(), v.address(1), verdict(which), v.number(3), v.number(4)));
      } else if (log.is(PredictionMarketAbi.MARKET_SETTLED)) {
        outcome = Optional.of(verdict(log.values(PredictionMarketAbi.MARKET_SETTLED).small(1)));
      }
    }

    private void attach(long block, Address by, Word digest) {
      if (!digest.isZero()) {
        evidence.add(new Evidence(block, by, digest));
      }
    }

    private void seat(long number, Optional<Verdict> vote) {
      if (number < seats.size()) {
        Seat s = seats.get((int) number);
        seats.set((int) number, new Seat(s.juror(), s.weight(), s.from(), s.to(), true, vote));
      }
    }
  }
}
