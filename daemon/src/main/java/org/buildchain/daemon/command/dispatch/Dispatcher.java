package org.buildchain.daemon.command.dispatch;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Colours;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.command.Messages;
import org.buildchain.daemon.command.Program;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.evaluation.MemoryGuard;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.server.CommandHandler;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.language.error.ErrorPrinter;
import org.buildchain.language.error.EvalException;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import picocli.CommandLine;

/** Finds the command that a caller gives, runs it, and says what went wrong. */
public final class Dispatcher implements CommandHandler {
  /** Nix's status for an error that has no other. */
  private static final int FAILED = 1;

  private final Services services;
  private final MemoryGuard guard;
  private final CommandLines lines;

  /**
   * A dispatcher.
   *
   * @param services what commands work on
   * @param lines what it runs
   */
  public Dispatcher(Services services, CommandLines lines) {
    this.services = services;
    this.lines = lines;
    this.guard = new MemoryGuard(services.evaluators()::release);
    guard.start();
  }

  @Override
  public int run(Caller caller) {
    return run(caller, services.evaluators());
  }

  /** The same, going on with other evaluators than those of the daemon's callers. */
  public int run(Caller caller, KeptEvaluators evaluators) {
    Invocation invocation = caller.invocation();
    Messages messages = new Messages(caller.out(), caller.err(), Colours.wanted(invocation));
    CommandContext context = new CommandContext(services, evaluators, caller, messages);
    try {
      Program.Choice choice = lines.choose(invocation);
      if (holdsNothing(choice)) {
        return execute(context, choice);
      }
      // What the store tells the command stays until it ends.
      try (Store.Use _ = services.store().use()) {
        return execute(context, choice);
      }
    } catch (RuntimeException | StackOverflowError e) {
      return report(context, e);
    } catch (OutOfMemoryError e) {
      // What the command held is free again.
      messages.error("the command needs more memory than the daemon has");
      return FAILED;
    }
  }

  @Override
  public Optional<byte[]> known(String request) {
    // What the store tells stays until it is decided.
    try (Store.Use _ = services.store().use()) {
      return services.evaluators().reply(request);
    } catch (RuntimeException e) {
      // The command meets it again, and tells.
      return Optional.empty();
    }
  }

  @Override
  public void ended(Invocation invocation) {
    try {
      lines.refill(invocation);
    } catch (CommandException e) {
      // There is no such command; that has been said.
    }
    services.evaluators().ended();
  }

  /** One that can evaluate, so that most commands need no second one. */
  @Override
  public Thread thread(Runnable command) {
    return guard.thread("bc-command", command);
  }

  /**
   * Whether the command must not keep what it asks for: one that removes paths, and one that goes
   * on for ever and holds what each of its clients needs.
   */
  private static boolean holdsNothing(Program.Choice choice) {
    return List.of(
                "serve",
                "daemon",
                "nix-daemon",
                "chain",
                "validator",
                "nix-collect-garbage",
                "nix-store --gc",
                "nix-store --delete")
            .contains(choice.line())
        || (choice.line().equals("store")
            && !choice.args().isEmpty()
            && List.of("gc", "delete").contains(choice.args().getFirst()));
  }

  private int execute(CommandContext context, Program.Choice choice) {
    CommandLine line = lines.take(choice);
    line.setCommandName(choice.name());
    line.setExpandAtFiles(false);
    // Of an option that is given twice the last one counts, as with Nix.
    line.setOverwrittenOptionsAllowed(true);
    attach(line, context);
    StringWriter out = new StringWriter();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(out));
    int columns = context.caller().columns();
    line.setUsageHelpWidth(columns == 0 ? 80 : Math.clamp(columns, 60, 100));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            context.messages().colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    line.setParameterExceptionHandler(
        (e, given) -> {
          context.messages().error(wrong(e, choice));
          String name = e.getCommandLine().getCommandSpec().qualifiedName();
          context.messages().note("Try '" + name + " --help' for more information.");
          return FAILED;
        });
    line.setExecutionExceptionHandler((e, l, parsed) -> report(context, e));
    List<String> args = choice.args();
    if (lines.isOwn(choice)) {
      CommonFlags.Given given = CommonFlags.of(line, args);
      args = given.arguments();
      if (given.quiet()) {
        context.messages().beQuiet();
      }
    }
    int status = line.execute(args.toArray(String[]::new));
    context.messages().print(out.toString());
    if (status == 0 && !context.caller().cancelled()) {
      context
          .caller()
          .transcript()
          .ifPresent(t -> context.evaluators().keep(t.request(), t.reply(), context.record()));
    }
    return status;
  }

  private String wrong(CommandLine.ParameterException e, Program.Choice choice) {
    List<String> words = new ArrayList<>(List.of(choice.line()));
    words.addAll(choice.args());
    String instead = lines.isOwn(choice) && words.size() > 1 ? Elsewhere.of(words) : "";
    return UsageErrors.message(e, choice.args()) + (instead.isEmpty() ? "" : "; " + instead);
  }

  private static void attach(CommandLine line, CommandContext context) {
    if (line.getCommand() instanceof BcCommand command) {
      command.runIn(context);
    }
    line.getSubcommands().values().forEach(below -> attach(below, context));
  }

  private static boolean showTrace(CommandContext context) {
    return context.caller().invocation().args().contains("--show-trace")
        || context.settings().flag("show-trace");
  }

  private static int report(CommandContext context, Throwable problem) {
    if (context.caller().cancelled()) {
      context.messages().error("interrupted by the user");
      return FAILED;
    }
    switch (problem) {
      case CommandException e -> {
        context.messages().error(e.getMessage());
        return e.exitStatus();
      }
      case EvalException e -> {
        context.messages().shownError(ErrorPrinter.show(e, showTrace(context)));
        return e.exitStatus();
      }
      case BuildException e -> {
        context.messages().error(e.getMessage());
        return e.exitStatus();
      }
      case FormatException e -> context.messages().error(e.getMessage());
      case StoreException e -> context.messages().error(FullDisk.told(context, e.getMessage()));
      case IOException e -> context.messages().error(FullDisk.told(context, IoErrors.message(e)));
      case UncheckedIOException e ->
          context.messages().error(FullDisk.told(context, IoErrors.message(e.getCause())));
      default -> {
        StringWriter trace = new StringWriter();
        problem.printStackTrace(new PrintWriter(trace));
        context
            .messages()
            .error("this is a mistake in bc, please report it with what follows:\n" + trace);
      }
    }
    return FAILED;
  }
}
