package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.daemon.nix.program.NixExpressionOptions;
import org.buildchain.daemon.nix.program.ShellWords;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nix-shell}. Source: Nix manual, "nix-shell"; {@code nix-build.cc}. */
@Command(
    name = "nix-shell",
    description = "Starts a shell in which a derivation could be built by hand.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-shell                              of ./shell.nix or ./default.nix",
      "  nix-shell -A hello --pure",
      "  nix-shell -p gcc gnumake --run make    with packages of <nixpkgs>",
      "  #! /usr/bin/env nix-shell              in a script, and on its second line:",
      "  #! nix-shell -i python3 -p python3"
    })
final class NixShell extends NixCommand {
  static final String SCRIPT = "--in-script";
  static final String SCRIPT_ARGUMENT = "--script-argument";

  @Mixin private NixExpressionOptions expression;

  @Option(
      names = {"-p", "--packages"},
      description = "The arguments are packages of <nixpkgs>.")
  private boolean packages;

  @Option(names = "--run", paramLabel = "COMMAND", description = "Run this and leave.")
  private Optional<String> run = Optional.empty();

  @Option(
      names = "--command",
      paramLabel = "COMMAND",
      description = "Run this in an interactive shell and leave.")
  private Optional<String> command = Optional.empty();

  @Option(names = "--pure", description = "Leave out most of the caller's environment.")
  private boolean pure;

  @Option(
      names = "--keep",
      paramLabel = "NAME",
      description = "A variable that --pure leaves in. May be repeated.")
  private List<String> keep = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "REGEX",
      description = "Don't build inputs whose derivations' paths match. May be repeated.")
  private List<String> exclude = new ArrayList<>();

  @Option(names = "-i", paramLabel = "PROGRAM", description = "In a script: its interpreter.")
  private Optional<String> interpreter = Optional.empty();

  @Option(names = "--dry-run", description = "Only say what would be built.")
  private boolean dryRun;

  @Option(names = SCRIPT, hidden = true)
  private Optional<String> script = Optional.empty();

  @Option(names = SCRIPT_ARGUMENT, hidden = true)
  private List<String> scriptArguments = new ArrayList<>();

  @Override
  protected int run() throws IOException, InterruptedException {
    if (packages && expression.areExpressions()) {
      throw usage("'-p' and '-E' are mutually exclusive");
    }
    Evaluations evaluations = new Evaluations(context, settings, expression.searchPath(), false);
    DerivationShell shell =
        new DerivationShell(
            context,
            evaluations,
            derivation(evaluations.evaluation()),
            new DerivationShell.Options(pure, keep, exclude, !quietBuilds, true));
    if (dryRun) {
      shell.show();
    } else {
      shell.enter(commandLine(), run.isPresent() || interpreter.isPresent());
    }
    return 0;
  }

  /** The derivation that the shell is of. */
  private StorePath derivation(Evaluation evaluation) throws IOException {
    Set<StorePath> found = new LinkedHashSet<>();
    int count = 0;
    for (Found f : packages ? List.<Found>of() : expression.derivations(context)) {
      found.add(f.drvPath());
      count++;
    }
    List<String> attributes = expression.attributes();
    for (Evaluation.Query query : queries()) {
      // Attributes are selected here, with arguments that depend on what the input turns out to be.
      Evaluation.Query whole =
          new Evaluation.Query(query.input(), List.of(), query.arguments(), query.folder());
      for (StorePath path :
          evaluation.run(
              whole,
              (ev, args, values) -> ShellArguments.derivations(ev, args, values, attributes))) {
        found.add(path);
        count++;
      }
    }
    if (count != 1) {
      throw usage("nix-shell requires a single derivation");
    }
    return found.iterator().next();
  }

  private List<Evaluation.Query> queries() throws IOException {
    String cwd = context.caller().invocation().cwd();
    if (packages) {
      StringBuilder text =
          new StringBuilder(
              "{...}@args: with import <nixpkgs> args; (pkgs.runCommandCC or pkgs.runCommand)"
                  + " \"shell\" { buildInputs = [ ");
      expression.given().forEach(p -> text.append('(').append(p).append(") "));
      return List.of(
          new Evaluation.Query(
              new Evaluation.Input.Text(text.append("]; } \"\"").toString(), cwd),
              List.of(),
              expression.arguments(context),
              cwd));
    }
    String folder =
        script
            .map(s -> CanonicalPath.absolute(s, cwd))
            .map(s -> s.substring(0, Math.max(1, s.lastIndexOf('/'))))
            .orElse(cwd);
    return expression.queries(context, folder, ShellFile::in);
  }

  /** What the shell runs when it is set up; empty for an interactive one. */
  private String commandLine() {
    if (interpreter.isPresent() && script.isPresent()) {
      String program = interpreter.get();
      StringBuilder line = new StringBuilder("exec ");
      // Perl reads the script's first line itself and would run what it names, unless it contains
      // "perl"; Ruby likewise.
      if (program.contains("perl")) {
        line.append("-a PERL ");
      }
      line.append(program);
      if (program.contains("ruby")) {
        line.append(" -e 'load(ARGV.shift)' --");
      }
      line.append(' ').append(ShellWords.quoted(script.get()));
      scriptArguments.forEach(a -> line.append(' ').append(ShellWords.quoted(a)));
      return line.toString();
    }
    return run.or(() -> command).map(c -> c + "\nexit").orElse("");
  }
}
