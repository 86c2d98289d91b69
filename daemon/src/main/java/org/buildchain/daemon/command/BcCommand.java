package org.buildchain.daemon.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What every command has. */
public abstract class BcCommand implements Callable<Integer> {
  /** Where it runs; there before {@link #call}. */
  protected CommandContext context;

  /** Says where it will run. Called once, before {@link #call}. */
  public final void runIn(CommandContext context) {
    this.context = context;
  }

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
