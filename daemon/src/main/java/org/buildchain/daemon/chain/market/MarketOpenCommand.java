package org.buildchain.daemon.chain.market;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.daemon.chain.output.Evidence;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.ipld.Cid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Opens a market. */
@Command(
    name = "open",
    description = {
      "Opens the market of a dispute, or adds evidence to it.",
      "",
      "Opening pays ln 3 = 1.1 times the liquidity, the most that the market can lose; what is"
          + " left in the end comes back. Without '--evidence' the two outputs are fetched and"
          + " compared here, and 'bc serve' hands out what came of it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  bc market open 0x3fa9", "  bc market open 0x3fa9 --liquidity 50"})
final class MarketOpenCommand extends MarketTrade {
  @Option(
      names = "--liquidity",
      paramLabel = "BCT",
      defaultValue = "1",
      description =
          "The market maker's b: the more, the less prices move. Default: ${DEFAULT-VALUE}.")
  private BigDecimal liquidity;

  @Option(
      names = "--evidence",
      paramLabel = "CID",
      description = "Attach this, in place of what a comparison here gives.")
  private Optional<String> evidence = Optional.empty();

  @Override
  String trade(Place place, Settings settings, ObjectNode out)
      throws IOException, InterruptedException {
    Word published = digest(place, "published");
    Word reported = digest(place, "reported");
    if (evidence.isEmpty()) {
      progress("comparing the two outputs...");
    }
    Cid cid =
        evidence.isPresent()
            ? Cid.parse(evidence.get())
            : new Evidence(context, settings).make(published, reported);
    out.put("evidence", cid.toString());
    if (place.isOpened()) {
      run(place, PredictionMarketAbi.addEvidence(place.dispute(), Outputs.digest(cid)));
      return "added evidence " + cid;
    }
    BigInteger b = units(liquidity, "--liquidity");
    approve(place, b.multiply(BigInteger.valueOf(11)).divide(BigInteger.TEN));
    run(
        place,
        PredictionMarketAbi.open(
            Word.parse(place.shown().path("claim").asString("")),
            BigInteger.valueOf(place.shown().path("report").asLong()),
            b,
            Outputs.digest(cid)));
    return "opened the market, with evidence " + cid;
  }

  private static Word digest(Place place, String key) {
    return Outputs.digest(Cid.parse(place.shown().path(key).asString("")));
  }
}
