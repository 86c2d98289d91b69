package org.buildchain.daemon.command.dispatch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.Program;
import org.buildchain.daemon.command.exchange.CopyCommand;
import org.buildchain.daemon.command.exchange.KeyCommand;
import org.buildchain.daemon.command.exchange.ServeCommand;
import org.buildchain.daemon.command.expression.BuildCommand;
import org.buildchain.daemon.command.expression.EvalCommand;
import org.buildchain.daemon.command.expression.InstantiateCommand;
import org.buildchain.daemon.command.flake.FlakeCommand;
import org.buildchain.daemon.command.flake.SearchCommand;
import org.buildchain.daemon.command.run.EditCommand;
import org.buildchain.daemon.command.run.FmtCommand;
import org.buildchain.daemon.command.run.RunCommand;
import org.buildchain.daemon.command.run.ShellCommand;
import org.buildchain.daemon.command.store.DiffCommand;
import org.buildchain.daemon.command.store.LogCommand;
import org.buildchain.daemon.command.store.NarCommand;
import org.buildchain.daemon.command.store.PathInfoCommand;
import org.buildchain.daemon.command.store.StoreCommand;
import org.buildchain.daemon.server.Invocation;
import picocli.CommandLine;

/** The commands that there are, by their names and by those of Nix's programs. Thread-safe. */
public final class CommandLines {
  private static final List<String> USUAL =
      List.of("build", "instantiate", "eval", "nix-build", "nix-instantiate", "nix-env");

  private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
  private final Map<String, Program> programs;
  private final Spares spares;

  /**
   * @param further commands of bc besides those of this package
   * @param programs that the client stands for when it is called by one of these names
   */
  public CommandLines(Map<String, Supplier<CommandLine>> further, Map<String, Program> programs) {
    this.programs = Map.copyOf(programs);
    commands.put("build", () -> new CommandLine(new BuildCommand()));
    commands.put("run", RunCommand::line);
    commands.put("shell", ShellCommand::line);
    commands.put("fmt", FmtCommand::line);
    commands.put("edit", () -> new CommandLine(new EditCommand()));
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

  /** Makes ready what the first command of a usual kind would wait for. */
  public void prepare() {
    USUAL.forEach(spares::refill);
  }

  /** Makes ready the next one of the kind that has ended. */
  void refill(Invocation invocation) {
    spares.refill(choose(invocation).line());
  }

  /** What is meant; throws {@link CommandException} if there is no such command. */
  Program.Choice choose(Invocation invocation) {
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
              + (instead.isEmpty() ? "'bc --help' lists them" : instead)
              + UsageErrors.near(commands.keySet(), args.getFirst()));
    }
    return new Program.Choice("", "bc", args);
  }

  /** A command line that nobody else has. */
  CommandLine take(Program.Choice choice) {
    return choice.line().isEmpty() ? full() : spares.take(choice.line());
  }

  /** Whether it is a command of bc, not one of Nix's programs. */
  boolean isOwn(Program.Choice choice) {
    return commands.containsKey(choice.line());
  }

  private CommandLine full() {
    CommandLine line = new CommandLine(new RootCommand());
    commands.forEach((name, factory) -> line.addSubcommand(name, factory.get()));
    return line;
  }
}
