package org.buildchain.daemon.nix;

import org.buildchain.daemon.nix.program.NixCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-daemon}, as {@code ssh-ng://} calls it on another machine. */
@Command(
    name = "nix-daemon",
    description = "Speaks Nix's worker protocol on standard input and output.",
    footerHeading = "%nExample:%n",
    footer = {"  nix copy --to ssh-ng://HOST /nix/store/...    runs 'nix-daemon --stdio' on HOST"})
final class NixDaemonProgram extends NixCommand {
  @Option(names = "--stdio", description = "What it does.")
  private boolean stdio;

  @Option(names = "--process-ops", description = "Taken, and without effect.")
  boolean processOperations;

  @Override
  protected int run() throws Exception {
    if (!stdio) {
      throw usage("'nix-daemon' answers on standard input and output: give '--stdio'");
    }
    context.services().serveNix(context.caller().in(), context.caller().out());
    return 0;
  }
}
