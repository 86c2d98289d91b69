package org.buildchain.daemon.chain.market;

import org.buildchain.daemon.command.BcCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What has to do with the markets of disputes. */
@Command(
    name = "market",
    description = {
      "Shows disputes and their prediction markets, and trades in them.",
      "",
      "Where a validator rebuilt another output than the one claimed, a jury answers why:"
          + " 'non-determinism', 'publisher' (is wrong) or 'validator' (is wrong). A share of the"
          + " answer that comes true pays 1 BCT; what shares cost is what the market takes its"
          + " chance to be. Disputes are named by their id or their claim's, or the beginning of"
          + " either."
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc market show                           all disputes",
      "  bc market show 0x3fa9                    one, with its evidence in words",
      "  bc market buy 0x3fa9 publisher --shares 5 --limit 3",
      "  bc market settle 0x3fa9"
    })
public final class MarketCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** Its command line, ready to parse. */
  public static CommandLine line() {
    return new CommandLine(new MarketCommand())
        .addSubcommand("show", new MarketShowCommand())
        .addSubcommand("open", new MarketOpenCommand())
        .addSubcommand("buy", new MarketBuyCommand())
        .addSubcommand("sell", new MarketSellCommand())
        .addSubcommand("settle", new MarketSettleCommand());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }
}
