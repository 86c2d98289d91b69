package org.buildchain.daemon.chain.market;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.command.CommandException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sells shares back. */
@Command(
    name = "sell",
    description = "Sells shares of an outcome back to the market.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc market sell 0x3fa9 publisher --shares 5 --limit 2"})
final class MarketSellCommand extends MarketShares {
  @Option(
      names = "--limit",
      paramLabel = "BCT",
      description = "Take no less than this. Default: 2% less than they bring now.")
  private Optional<BigDecimal> limit = Optional.empty();

  @Override
  BigInteger trade(Place place, Verdict outcome, BigInteger units) throws InterruptedException {
    BigInteger has = place.shares(outcome);
    if (has.compareTo(units) < 0) {
      throw new CommandException(
          place.sender().account() + " holds " + ChainInUse.amount(has, "shares") + " of it");
    }
    BigDecimal now = MarketPrice.cost(place.state(), outcome, units.negate()).negate();
    BigDecimal least = limit.orElse(now.multiply(new BigDecimal("0.98")));
    progress("they bring about " + now.stripTrailingZeros().toPlainString() + " BCT now");
    return traded(
        run(
            place,
            PredictionMarketAbi.sell(
                place.dispute(),
                outcome.ordinal(),
                units,
                least.max(BigDecimal.ZERO).movePointRight(DECIMALS).toBigInteger())));
  }

  @Override
  String done() {
    return "sold";
  }

  @Override
  String flow() {
    return "received";
  }
}
