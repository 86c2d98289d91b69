package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.RestOfLine;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.command.run.EnvironmentOptions;
import org.buildchain.daemon.nix.program.ShellWords;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.store.path.StoreDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A bash in a builder's environment. Source: Nix 2.26 manual, {@code nix develop}. */
@Command(
    name = "develop",
    description =
        "Starts a shell in which a derivation could be built by hand: with what it is built from,"
            + " and its variables.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc develop                     of ./shell.nix or ./default.nix",
      "  bc develop '<nixpkgs>' -A hello",
      "  bc develop -f '<nixpkgs>' hello",
      "  bc develop .#                  devShells.<system>.default of the flake here",
      "  bc develop --profile ./env     keeps it; 'bc develop ./env' is there at once",
      "  bc develop --build             run a phase of its builder here, and leave",
      "  bc develop -c make check       run this there and leave"
    })
public final class DevelopCommand extends BcCommand {
  @Mixin private DevOptions options;

  @Mixin private EnvironmentOptions environment;

  @Mixin private PhaseOptions phases;

  @Option(
      names = {"-c", "--command"},
      paramLabel = "COMMAND ARGUMENTS",
      arity = "1..*",
      parameterConsumer = RestOfLine.class,
      description = "Run this, with all arguments that follow, and leave.")
  private List<String> command = new ArrayList<>();

  @Option(
      names = {"-L", "--print-build-logs"},
      description = "Show the builders' output as it comes.")
  private boolean printLogs;

  /** Its command line, ready to parse. */
  public static CommandLine line() {
    return EnvironmentOptions.line(new DevelopCommand());
  }

  @Override
  public Integer call() throws Exception {
    Optional<String> phase = phases.phase();
    if (phase.isPresent() && !command.isEmpty()) {
      throw new CommandException("you cannot use both '--command' and '--phase'");
    }
    Invocation invocation = context.caller().invocation();
    SortedMap<String, String> env = environment.of(invocation.env());
    Evaluations evaluations = options.evaluations(context);
    Builds builds = new Builds(context, evaluations.settings(), printLogs);
    DevDerivation.Built built = options.built(context, evaluations, builds);
    ShellProgram program = ShellProgram.find(context, evaluations, false);
    StoreDir dir = context.services().store().dir();
    String shell = program.path(dir, builds.realise(program.wanted()));
    env.put("NIX_GCROOT", dir.print(built.path()));
    env.put("SHELL", shell);
    context.become(shell, arguments(DevOptions.script(context, built), phase), env);
    return 0;
  }

  /** What bash is started with; only one that talks to somebody reads a script of its own. */
  private List<String> arguments(String script, Optional<String> phase) throws IOException {
    Invocation invocation = context.caller().invocation();
    boolean batch = phase.isPresent() || !command.isEmpty();
    if (!batch && !(invocation.stdinIsTerminal() && invocation.stderrIsTerminal())) {
      return List.of("bash");
    }
    Path folder = ShellFiles.make(invocation);
    try {
      String rc = ShellFiles.write(folder, script(script, phase, folder));
      return batch ? List.of("bash", rc) : List.of("bash", "--rcfile", rc);
    } catch (IOException | RuntimeException e) {
      ShellFiles.remove(folder);
      throw e;
    }
  }

  private String script(String enter, Optional<String> phase, Path folder) {
    String begin = enter + "command rm -rf " + ShellFiles.quoted(folder) + "\n";
    if (phase.isPresent()) {
      // stdenv's check and install look whether its build has found one.
      return begin + "foundMakefile=1\nrunHook " + ShellWords.quoted(phase.get() + "Phase") + "\n";
    }
    if (!command.isEmpty()) {
      return begin
          + command.stream()
              .map(ShellWords::quoted)
              .collect(Collectors.joining(" ", "exec ", "\n"));
    }
    return "[ -n \"$PS1\" ] && [ -e ~/.bashrc ] && source ~/.bashrc\nshopt -u expand_aliases\n"
        + begin
        + "shopt -s expand_aliases\n";
  }
}
