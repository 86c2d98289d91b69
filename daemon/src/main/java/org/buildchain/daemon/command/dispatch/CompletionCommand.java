package org.buildchain.daemon.command.dispatch;

import java.util.function.Supplier;
import org.buildchain.daemon.command.BcCommand;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a script by which a shell completes commands and options. */
@Command(
    name = "completion",
    description = "Prints a script by which a shell completes bc's commands and options.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(bc completion bash)      in ~/.bashrc",
      "  source <(bc completion zsh)       in ~/.zshrc"
    })
final class CompletionCommand extends BcCommand {
  private final Supplier<CommandLine> whole;

  /** Shells that the script is for; one script serves both. */
  private enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell;

  /**
   * @param whole the command line with all its commands
   */
  CompletionCommand(Supplier<CommandLine> whole) {
    this.whole = whole;
  }

  @Override
  public Integer call() {
    // The script finds out itself which shell reads it.
    context.messages().print(AutoComplete.bash("bc", whole.get()));
    return shell == null ? 1 : 0;
  }
}
