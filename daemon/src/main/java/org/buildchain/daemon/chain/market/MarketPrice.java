package org.buildchain.daemon.chain.market;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.Market;

/** What trades cost. Source: Hanson, "Logarithmic market scoring rules", 2003. */
final class MarketPrice {
  private MarketPrice() {}

  /** C(q) = b·ln Σ exp(q_i/b): what it grows by with the trade, as far as floating point tells. */
  static BigDecimal cost(Market market, Verdict outcome, BigInteger shares) {
    double b = market.b().doubleValue();
    double before = 0;
    double after = 0;
    double largest = market.sold().stream().mapToDouble(q -> value(q) / b).max().orElse(0);
    for (int i = 0; i < market.sold().size(); i++) {
      double q = value(market.sold().get(i)) / b;
      double more = i == outcome.ordinal() ? shares.doubleValue() / b : 0;
      before += Math.exp(q - largest);
      after += Math.exp(q + more - largest);
    }
    return BigDecimal.valueOf(b * (Math.log(after) - Math.log(before)))
        .movePointLeft(MarketTrade.DECIMALS)
        .setScale(6, RoundingMode.HALF_UP);
  }

  private static double value(Object number) {
    return ((BigInteger) number).doubleValue();
  }
}
