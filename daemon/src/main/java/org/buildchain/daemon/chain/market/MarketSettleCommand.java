package org.buildchain.daemon.chain.market;

import java.math.BigInteger;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.settings.Settings;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** Takes what a market owes. */
@Command(
    name = "settle",
    description =
        "Settles the market once the jury has answered, unless somebody did, and takes what the"
            + " wallet's shares of the outcome pay.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc market settle 0x3fa9", "  bc market settle 0x3fa9 --json"})
final class MarketSettleCommand extends MarketTrade {
  @Override
  String trade(Place place, Settings settings, ObjectNode out) throws InterruptedException {
    needsMarket(place);
    if (!place.state().settled()) {
      if (!place.shown().has("verdict")) {
        throw new CommandException(
            "the jury has not answered yet; 'bc market show' says until when");
      }
      progress("settling...");
      run(place, PredictionMarketAbi.settle(place.dispute()));
    }
    Verdict outcome = Verdict.values()[Math.toIntExact(place.state().outcome())];
    BigInteger shares = place.shares(outcome);
    if (shares.signum() > 0) {
      progress("redeeming...");
      run(place, PredictionMarketAbi.redeem(place.dispute()));
    }
    out.put("outcome", name(outcome)).put("received", ChainInUse.amount(shares, "").strip());
    return "'"
        + name(outcome)
        + "' came true; "
        + (shares.signum() > 0
            ? "received " + ChainInUse.amount(shares, "BCT")
            : "this wallet has no more shares of it");
  }
}
