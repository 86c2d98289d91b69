package org.buildchain.daemon.chain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.buildchain.daemon.chain.market.MarketCommand;
import org.buildchain.daemon.chain.network.ChainCommand;
import org.buildchain.daemon.chain.network.WalletCommand;
import org.buildchain.daemon.chain.validator.ValidatorCommand;
import picocli.CommandLine;

/** The commands of this package. */
public final class ChainCommands {
  private ChainCommands() {}

  /** All of them, by name. */
  public static Map<String, Supplier<CommandLine>> all() {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("claim", () -> new CommandLine(new ClaimCommand()));
    commands.put("verify", () -> new CommandLine(new VerifyCommand()));
    commands.put("validator", ValidatorCommand::line);
    commands.put("market", MarketCommand::line);
    commands.put("explorer", () -> new CommandLine(new ExplorerCommand()));
    commands.put("chain", ChainCommand::line);
    commands.put("wallet", WalletCommand::line);
    return commands;
  }
}
