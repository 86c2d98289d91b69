package org.buildchain.daemon.chain;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.Market;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Receipt;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.explorer.DisputeReader;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.ipld.Cid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** What commands that trade have in common: one dispute, a wallet, an answer. */
abstract class MarketTrade extends BcCommand {
  private static final int DECIMALS = 18;
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
  }

  /** Trades, and says what came of it. */
  abstract String trade(Place place, Settings settings, ObjectNode out)
      throws IOException, InterruptedException;

  @Override
  public Integer call() throws Exception {
    Settings settings = ClaimCommand.settings(context, settingOptions);
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
      if (v.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
        return v;
      }
    }
    throw new CommandException(
        "expected the outcome 'non-determinism', 'publisher' or 'validator', not '" + text + "'");
  }

  /** What trades cost: C(q) = b·ln Σ exp(q_i/b), as far as floating point tells. */
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
        .movePointLeft(DECIMALS)
        .setScale(6, RoundingMode.HALF_UP);
  }

  private static double value(Object number) {
    return ((BigInteger) number).doubleValue();
  }

  /** The amount of the trade in a receipt. */
  static BigInteger traded(Receipt receipt) {
    return receipt.logs().stream()
        .filter(l -> l.is(PredictionMarketAbi.TRADED))
        .map(l -> l.values(PredictionMarketAbi.TRADED).number(4))
        .findFirst()
        .orElse(BigInteger.ZERO);
  }

  final void needsMarket(Place place) {
    if (!place.isOpened()) {
      throw new CommandException(
          "nobody has opened a market for this dispute; 'bc market open' does");
    }
  }

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
  static final class Open extends MarketTrade {
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
  static final class Buy extends MarketTrade {
    @Parameters(index = "1", paramLabel = "OUTCOME", description = "What will come true.")
    private String outcome;

    @Option(names = "--shares", paramLabel = "N", required = true, description = "How many.")
    private BigDecimal shares;

    @Option(
        names = "--limit",
        paramLabel = "BCT",
        description = "Pay at most this. Default: 2% more than they cost now.")
    private Optional<BigDecimal> limit = Optional.empty();

    @Override
    String trade(Place place, Settings settings, ObjectNode out) throws InterruptedException {
      Verdict verdict = outcome(outcome);
      BigInteger units = units(shares, "--shares");
      needsMarket(place);
      BigDecimal now = cost(place.state(), verdict, units);
      BigDecimal most =
          limit.orElse(now.multiply(new BigDecimal("1.02")).add(BigDecimal.valueOf(1, 6)));
      progress("they cost about " + now.stripTrailingZeros().toPlainString() + " BCT now");
      if (now.compareTo(most) > 0) {
        throw new CommandException(
            "that is more than the limit of " + most.toPlainString() + " BCT; nothing was bought");
      }
      BigInteger pay = units(most, "--limit");
      approve(place, pay);
      Receipt receipt =
          run(place, PredictionMarketAbi.buy(place.dispute(), verdict.ordinal(), units, pay));
      BigInteger paid = traded(receipt);
      out.put("outcome", outcome).put("shares", shares.toPlainString());
      out.put("paid", ChainInUse.amount(paid, "").strip());
      return "bought "
          + shares.toPlainString()
          + " shares of '"
          + outcome
          + "' for "
          + ChainInUse.amount(paid, "BCT");
    }
  }

  /** Sells shares back. */
  @Command(
      name = "sell",
      description = "Sells shares of an outcome back to the market.",
      footerHeading = "%nExamples:%n",
      footer = {"  bc market sell 0x3fa9 publisher --shares 5 --limit 2"})
  static final class Sell extends MarketTrade {
    @Parameters(index = "1", paramLabel = "OUTCOME", description = "What they are shares of.")
    private String outcome;

    @Option(names = "--shares", paramLabel = "N", required = true, description = "How many.")
    private BigDecimal shares;

    @Option(
        names = "--limit",
        paramLabel = "BCT",
        description = "Take no less than this. Default: 2% less than they bring now.")
    private Optional<BigDecimal> limit = Optional.empty();

    @Override
    String trade(Place place, Settings settings, ObjectNode out) throws InterruptedException {
      Verdict verdict = outcome(outcome);
      BigInteger units = units(shares, "--shares");
      needsMarket(place);
      BigInteger has =
          place
              .chain()
              .node()
              .call(
                  place.market(),
                  PredictionMarketAbi.sharesOf(
                      place.dispute(), verdict.ordinal(), place.sender().account()))
              .number(0);
      if (has.compareTo(units) < 0) {
        throw new CommandException(
            place.sender().account() + " holds " + ChainInUse.amount(has, "shares") + " of it");
      }
      BigDecimal now = cost(place.state(), verdict, units.negate()).negate();
      BigDecimal least = limit.orElse(now.multiply(new BigDecimal("0.98")));
      progress("they bring about " + now.stripTrailingZeros().toPlainString() + " BCT now");
      Receipt receipt =
          run(
              place,
              PredictionMarketAbi.sell(
                  place.dispute(),
                  verdict.ordinal(),
                  units,
                  least.max(BigDecimal.ZERO).movePointRight(DECIMALS).toBigInteger()));
      BigInteger got = traded(receipt);
      out.put("outcome", outcome).put("shares", shares.toPlainString());
      out.put("received", ChainInUse.amount(got, "").strip());
      return "sold "
          + shares.toPlainString()
          + " shares of '"
          + outcome
          + "' for "
          + ChainInUse.amount(got, "BCT");
    }
  }

  /** Takes what a market owes. */
  @Command(
      name = "settle",
      description =
          "Settles the market once the jury has answered, unless somebody did, and takes what the"
              + " wallet's shares of the outcome pay.",
      footerHeading = "%nExamples:%n",
      footer = {"  bc market settle 0x3fa9", "  bc market settle 0x3fa9 --json"})
  static final class Settle extends MarketTrade {
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
      String name = outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
      BigInteger shares =
          place
              .chain()
              .node()
              .call(
                  place.market(),
                  PredictionMarketAbi.sharesOf(
                      place.dispute(), outcome.ordinal(), place.sender().account()))
              .number(0);
      if (shares.signum() > 0) {
        progress("redeeming...");
        run(place, PredictionMarketAbi.redeem(place.dispute()));
      }
      out.put("outcome", name).put("received", ChainInUse.amount(shares, "").strip());
      return "'"
          + name
          + "' came true; "
          + (shares.signum() > 0
              ? "received " + ChainInUse.amount(shares, "BCT")
              : "this wallet has no more shares of it");
    }
  }
}
