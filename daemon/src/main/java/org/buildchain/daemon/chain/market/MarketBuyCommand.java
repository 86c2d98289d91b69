package org.buildchain.daemon.chain.market;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.daemon.command.CommandException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Buys shares. */
@Command(
    name = "buy",
    description = {
      "Buys shares of an outcome. Each pays 1 BCT if the jury says so.",
      "",
      "OUTCOME is 'non-determinism', 'publisher' or 'validator': who is wrong."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc market buy 0x3fa9 publisher --shares 5 --limit 3",
      "  bc market buy 0x3fa9 validator --shares 0.5 --password-file password"
    })
final class MarketBuyCommand extends MarketShares {
  @Option(
      names = "--limit",
      paramLabel = "BCT",
      description = "Pay at most this. Default: 2% more than they cost now.")
  private Optional<BigDecimal> limit = Optional.empty();

  @Override
  BigInteger trade(Place place, Verdict outcome, BigInteger units) throws InterruptedException {
    BigDecimal now = MarketPrice.cost(place.state(), outcome, units);
    BigDecimal most =
        limit.orElse(now.multiply(new BigDecimal("1.02")).add(BigDecimal.valueOf(1, 6)));
    progress("they cost about " + now.stripTrailingZeros().toPlainString() + " BCT now");
    if (now.compareTo(most) > 0) {
      throw new CommandException(
          "that is more than the limit of " + most.toPlainString() + " BCT; nothing was bought");
    }
    BigInteger pay = units(most, "--limit");
    approve(place, pay);
    return traded(
        run(place, PredictionMarketAbi.buy(place.dispute(), outcome.ordinal(), units, pay)));
  }

  @Override
  String done() {
    return "bought";
  }

  @Override
  String flow() {
    return "paid";
  }
}
