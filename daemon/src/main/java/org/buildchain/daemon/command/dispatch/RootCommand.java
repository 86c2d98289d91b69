package org.buildchain.daemon.command.dispatch;

import org.buildchain.daemon.command.BcCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bc} without a command. */
@Command(
    name = "bc",
    description = "Builds what a Nix expression describes and keeps it as verified blocks.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc build ./examples/hello   build default.nix of a folder, link ./result",
      "  bc eval -E '1 + 1'          evaluate an expression",
      "  bc doctor                   say what this machine can do and what it lacks",
      "",
      "'bc COMMAND --help' says more."
    })
final class RootCommand extends BcCommand {
  @Spec private CommandSpec spec;

  @Option(names = "--version", description = "Show the version.")
  private boolean version;

  @Override
  public Integer call() {
    if (version) {
      context.messages().println("bc (Build Chain) " + context.services().version());
      return 0;
    }
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }
}
