package org.buildchain.daemon.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What every command has. */
abstract class BcCommand implements Callable<Integer> {
  /** Where it runs. */
  final CommandContext context;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  BcCommand(CommandContext context) {
    this.context = context;
  }
}
