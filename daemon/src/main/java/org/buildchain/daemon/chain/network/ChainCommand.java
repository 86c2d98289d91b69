package org.buildchain.daemon.chain.network;

import org.buildchain.daemon.command.BcCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What has to do with the chain itself. */
@Command(
    name = "chain",
    description = "Chooses the chain on which outputs are claimed, or makes a local one.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc chain devnet                      a local chain, until Ctrl-C",
      "  bc chain use http://127.0.0.1:8545   the one that 'bc chain devnet' made",
      "  bc chain use https://node.example.org --claims 0x...",
      "  bc chain status"
    })
public final class ChainCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** Its command line, ready to parse. */
  public static CommandLine line() {
    return new CommandLine(new ChainCommand())
        .addSubcommand("devnet", new ChainDevnetCommand())
        .addSubcommand("authority", new ChainAuthorityCommand())
        .addSubcommand("use", new ChainUseCommand())
        .addSubcommand("fund", new ChainFundCommand())
        .addSubcommand("status", new ChainStatusCommand());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }
}
