package org.buildchain.daemon.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.evaluation.MemoryGuard;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.server.CommandHandler;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.derivation.realise.BuildException;
import org.buildchain.language.eval.ErrorPrinter;
import org.buildchain.language.eval.EvalException;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import picocli.CommandLine;

/** Finds the command that a caller gives, runs it, and says what went wrong. */
public final class Dispatcher implements CommandHandler {
  /** Nix's status for an error that has no other. */
  private static final int FAILED = 1;

  private static final List<String> USUAL =
      List.of("build", "instantiate", "eval", "nix-build", "nix-instantiate", "nix-env");

  private final Services services;
  private final MemoryGuard guard;
  private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
  private final Map<String, Program> programs;
  private final Spares spares;

  /**
   * A dispatcher.
   *
   * @param services what commands work on
   * @param further commands of bc besides those of this package
   * @param programs that the client stands for when it is called by one of these names
   */
  public Dispatcher(
      Services services,
      Map<String, Supplier<CommandLine>> further,
      Map<String, Program> programs) {
    this.services = services;
    this.programs = Map.copyOf(programs);
    this.guard = new MemoryGuard(services.evaluators()::release);
    guard.start();
    commands.put("build", () -> new CommandLine(new BuildCommand()));
    commands.put("run", RunCommand::line);
    commands.put("shell", () -> new CommandLine(new ShellCommand()));
    commands.put("fmt", FmtCommand::line);
    commands.put("instantiate", () -> new CommandLine(new InstantiateCommand()));
    commands.put("eval", () -> new CommandLine(new EvalCommand()));
    commands.putAll(further);
    commands.put("flake", FlakeCommand::line);
    commands.put("search", () -> new CommandLine(new SearchCommand()));
    commands.put("log", () -> new CommandLine(new LogCommand()));
    commands.put("path-info", () -> new CommandLine(new PathInfoCommand(true)));
    commands.put("store", StoreCommand::line);
    commands.put("nar", NarCommand::line);
    commands.put("diff", () -> new CommandLine(new DiffCommand()));
    commands.put("copy", () -> new CommandLine(new CopyCommand()));
    commands.put("serve", () -> new CommandLine(new ServeCommand()));
    commands.put("key", KeyCommand::line);
    commands.put("daemon", () -> new CommandLine(new DaemonCommand()));
    commands.put("config", () -> new CommandLine(new ConfigCommand()));
    commands.put("doctor", () -> new CommandLine(new DoctorCommand()));
    commands.put("completion", () -> new CommandLine(new CompletionCommand(this::full)));
    Map<String, Supplier<CommandLine>> all = new LinkedHashMap<>(commands);
    programs.values().forEach(p -> all.putAll(p.lines()));
    this.spares = new Spares(all);
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
      Program.Choice choice = choose(invocation);
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
      spares.refill(choose(invocation).line());
    } catch (CommandException e) {
      // There is no such command; that has been said.
    }
    services.evaluators().ended();
  }

  /** Makes ready what the first command of a usual kind would wait for. */
  public void prepare() {
    USUAL.forEach(spares::refill);
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

  private Program.Choice choose(Invocation invocation) {
    Program program = programs.get(invocation.program());
    return program != null
        ? program.choose(invocation)
        : choose(Elsewhere.renamed(invocation.args()));
  }

  private Program.Choice choose(List<String> args) {
    if (!args.isEmpty() && args.getFirst().equals("help")) {
      return choose(Stream.concat(args.stream().skip(1), Stream.of("--help")).toList());
    }
    if (!args.isEmpty() && commands.containsKey(args.getFirst())) {
      String name = args.getFirst();
      return new Program.Choice(name, "bc " + name, args.subList(1, args.size()));
    }
    if (!args.isEmpty() && !args.getFirst().startsWith("-")) {
      String instead = Elsewhere.of(args);
      throw new CommandException(
          "'"
              + args.getFirst()
              + "' is not a command of bc; "
              + (instead.isEmpty() ? "'bc --help' lists them" : instead));
    }
    return new Program.Choice("", "bc", args);
  }

  private int execute(CommandContext context, Program.Choice choice) {
    CommandLine line = choice.line().isEmpty() ? full() : spares.take(choice.line());
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
    if (isOwn(choice)) {
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

  private boolean isOwn(Program.Choice choice) {
    return commands.containsKey(choice.line());
  }

  private String wrong(CommandLine.ParameterException e, Program.Choice choice) {
    List<String> words = new ArrayList<>(List.of(choice.line()));
    words.addAll(choice.args());
    String instead = isOwn(choice) && words.size() > 1 ? Elsewhere.of(words) : "";
    return UsageErrors.message(e, choice.args()) + (instead.isEmpty() ? "" : "; " + instead);
  }

  private CommandLine full() {
    CommandLine line = new CommandLine(new RootCommand());
    commands.forEach((name, factory) -> line.addSubcommand(name, factory.get()));
    return line;
  }

  private static void attach(CommandLine line, CommandContext context) {
    if (line.getCommand() instanceof BcCommand command) {
      command.context = context;
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
