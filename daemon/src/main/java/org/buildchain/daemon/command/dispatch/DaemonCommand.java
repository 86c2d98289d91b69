package org.buildchain.daemon.command.dispatch;

import java.io.IOException;
import java.time.Duration;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.server.CommandHandler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The daemon itself. What works without one is in the client, {@code native/bc/main.c}. */
@Command(
    name = "daemon",
    description = "Starts, stops or describes the daemon of the store.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc daemon status          where it runs, since when, what it serves",
      "  bc daemon restart         stop it and start a new one",
      "  bc daemon --foreground    run one here until Ctrl-C",
      "  nix copy --to 'ssh-ng://HOST?remote-program=bc%20daemon' /nix/store/...",
      "                            'bc daemon --stdio' is what answers there"
    })
final class DaemonCommand extends BcCommand {
  /** What to do. */
  private enum Action {
    start,
    stop,
    restart,
    status
  }

  @Parameters(
      arity = "0..1",
      defaultValue = "status",
      paramLabel = "ACTION",
      description = "start, stop, restart or status (the default).")
  private Action action;

  @Option(names = "--foreground", description = "Run a daemon here, in the foreground.")
  private boolean foreground;

  @Option(
      names = "--stdio",
      description = "Speak Nix's worker protocol on standard input and output, for ssh-ng://.")
  private boolean stdio;

  @Override
  public Integer call() throws IOException {
    if (stdio) {
      context.services().serveNix(context.caller().in(), context.caller().out());
      return 0;
    }
    if (foreground) {
      throw new CommandException("a daemon of '" + context.services().root() + "' runs already");
    }
    if (action == Action.stop || action == Action.restart) {
      return CommandHandler.STOP;
    }
    Services services = context.services();
    context.messages().println("store:    " + services.root());
    context.messages().println("process:  " + ProcessHandle.current().pid());
    context.messages().println("version:  " + services.version());
    context.messages().println("running:  " + words(services.uptime()));
    context.messages().println("commands: " + services.running() + " (this one included)");
    context
        .messages()
        .println(
            "repeated: " + services.evaluators().replies() + " got the reply of an earlier one");
    return 0;
  }

  private static String words(Duration d) {
    long s = d.toSeconds();
    if (s < 60) {
      return s + " s";
    }
    return s < 3600 ? s / 60 + " min" : s / 3600 + " h " + s % 3600 / 60 + " min";
  }
}
