package org.buildchain.daemon.chain.market;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.rpc.Receipt;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.settings.Settings;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** A trade of so many shares of an outcome. */
abstract class MarketShares extends MarketTrade {
  @Parameters(
      index = "1",
      paramLabel = "OUTCOME",
      description = "Who is wrong: 'non-determinism', 'publisher' or 'validator'.")
  private String outcome;

  @Option(names = "--shares", paramLabel = "N", required = true, description = "How many.")
  private BigDecimal shares;

  /**
   * Buys or sells.
   *
   * @param units the shares, in units of 10⁻¹⁸
   * @return what was paid or received, in the same
   */
  abstract BigInteger trade(Place place, Verdict outcome, BigInteger units)
      throws InterruptedException;

  /** What is said of it: "bought" and "paid", or "sold" and "received". */
  abstract String done();

  abstract String flow();

  @Override
  final String trade(Place place, Settings settings, ObjectNode out) throws InterruptedException {
    Verdict verdict = outcome(outcome);
    BigInteger units = units(shares, "--shares");
    needsMarket(place);
    BigInteger amount = trade(place, verdict, units);
    out.put("outcome", outcome).put("shares", shares.toPlainString());
    out.put(flow(), ChainInUse.amount(amount, "").strip());
    return done()
        + " "
        + shares.toPlainString()
        + " shares of '"
        + outcome
        + "' for "
        + ChainInUse.amount(amount, "BCT");
  }

  /** The amount of the trade in a receipt. */
  static BigInteger traded(Receipt receipt) {
    return receipt.logs().stream()
        .filter(l -> l.is(PredictionMarketAbi.TRADED))
        .map(l -> l.values(PredictionMarketAbi.TRADED).number(4))
        .findFirst()
        .orElse(BigInteger.ZERO);
  }
}
