package org.buildchain.daemon.chain.market;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.Market;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Receipt;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.chain.network.Refusals;
import org.buildchain.daemon.chain.network.WalletOptions;
import org.buildchain.daemon.chain.output.StoreExplorerSource;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.explorer.DisputeReader;
import org.buildchain.daemon.settings.Settings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** What commands that trade have in common: one dispute, a wallet, an answer. */
abstract class MarketTrade extends BcCommand {
  static final int DECIMALS = 18;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Parameters(
      index = "0",
      paramLabel = "DISPUTE",
      description = "The id of a dispute or its claim, or the beginning of either.")
  private String subject;

  @Mixin private WalletOptions wallet;

  @Mixin private SettingOptions settingOptions;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  /** A dispute, and who trades. */
  record Place(ChainInUse chain, Address market, Word dispute, JsonNode shown, Sender sender) {
    Market state() {
      return Market.of(chain.node().call(market, PredictionMarketAbi.marketOf(dispute)).part(0));
    }

    boolean isOpened() {
      return !state().sponsor().equals(Address.ZERO);
    }

    /** How many shares of an outcome the wallet has, in units of 10⁻¹⁸. */
    BigInteger shares(Verdict outcome) {
      return chain
          .node()
          .call(market, PredictionMarketAbi.sharesOf(dispute, outcome.ordinal(), sender.account()))
          .number(0);
    }
  }

  /** Trades, and says what came of it. */
  abstract String trade(Place place, Settings settings, ObjectNode out)
      throws IOException, InterruptedException;

  @Override
  public Integer call() throws Exception {
    Settings settings = context.settings(settingOptions);
    try (ChainInUse chain = ChainInUse.open(context)) {
      Address market =
          chain
              .network()
              .market()
              .orElseThrow(
                  () ->
                      new CommandException(
                          "this chain has no market, or it is not known here: 'bc chain use"
                              + " --market 0x…' names it"));
      JsonNode shown = one(new DisputeReader(new StoreExplorerSource(context, settings, chain)));
      Word dispute = Word.parse(shown.path("id").asString(""));
      Sender sender = Sender.of(chain.node(), wallet.key(context));
      ObjectNode out = new ObjectMapper().createObjectNode().put("dispute", dispute.toString());
      String said = trade(new Place(chain, market, dispute, shown, sender), settings, out);
      context.messages().println(json ? out.toString() : said);
      return 0;
    } catch (NodeException e) {
      throw new CommandException(Refusals.explain(e));
    }
  }

  private JsonNode one(DisputeReader reader) {
    String wanted = subject.toLowerCase(Locale.ROOT);
    var found =
        reader.all().stream()
            .filter(
                d ->
                    d.path("id").asString("").startsWith(wanted)
                        || d.path("claim").asString("").startsWith(wanted))
            .toList();
    // Of one claim's disputes the last is the one that can still be open.
    boolean oneClaim = found.stream().map(d -> d.path("claim")).distinct().count() == 1;
    if (found.isEmpty() || !oneClaim) {
      throw new CommandException(
          (found.isEmpty() ? "no dispute is" : found.size() + " disputes are")
              + " meant by '"
              + subject
              + "'; 'bc market show' lists them");
    }
    return found.getFirst();
  }

  final void progress(String text) {
    if (!json) {
      context.messages().note(text);
    }
  }

  final Receipt run(Place place, org.buildchain.chain.abi.Call call) throws InterruptedException {
    return place.sender().run(place.market(), call, PATIENCE);
  }

  final void approve(Place place, BigInteger most) throws InterruptedException {
    Address self = place.sender().account();
    BigInteger has =
        place
            .chain()
            .node()
            .call(place.chain().network().token(), TokenAbi.balanceOf(self))
            .number(0);
    if (has.compareTo(most) < 0) {
      throw new CommandException(
          self
              + " has "
              + ChainInUse.amount(has, "BCT")
              + ", and this may take "
              + ChainInUse.amount(most, "BCT"));
    }
    progress("allowing the market to take " + ChainInUse.amount(most, "BCT") + "...");
    place
        .sender()
        .run(place.chain().network().token(), TokenAbi.approve(place.market(), most), PATIENCE);
  }

  static BigInteger units(BigDecimal bct, String option) {
    if (bct.signum() <= 0 || bct.scale() > DECIMALS || bct.precision() > 2 * DECIMALS) {
      throw new CommandException(
          "option '" + option + "': expected a number above 0 with at most 18 decimals");
    }
    return bct.movePointRight(DECIMALS).toBigIntegerExact();
  }

  static Verdict outcome(String text) {
    for (Verdict v : Verdict.values()) {
      if (name(v).equals(text)) {
        return v;
      }
    }
    throw new CommandException(
        "expected the outcome 'non-determinism', 'publisher' or 'validator', not '" + text + "'");
  }

  /** How users write an outcome. */
  static String name(Verdict outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  final void needsMarket(Place place) {
    if (!place.isOpened()) {
      throw new CommandException(
          "nobody has opened a market for this dispute; 'bc market open' does");
    }
  }
}
