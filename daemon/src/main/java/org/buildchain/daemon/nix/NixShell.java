package org.buildchain.daemon.nix;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.Builds;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.Evaluations;
import org.buildchain.daemon.command.ExpressionOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.evaluation.Package;
import org.buildchain.daemon.host.CanonicalPath;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.daemon.server.NextProgram;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.store.format.Octets;
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

  @Mixin private ExpressionOptions expression;

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
  int run() throws IOException, InterruptedException {
    if (packages && expression.areExpressions()) {
      throw usage("'-p' and '-E' are mutually exclusive");
    }
    Evaluations evaluations = new Evaluations(context, settings, expression.searchPath(), false);
    StorePath drvPath = derivation(evaluations.evaluation());
    Derivation drv = new Derivations(context.services().store()).apply(drvPath);
    List<DerivedPath> inputs = inputs(drv);
    Invocation invocation = context.caller().invocation();
    Optional<String> shell = Optional.ofNullable(invocation.env().get("NIX_BUILD_SHELL"));
    Optional<StorePath> bash =
        shell.isPresent() ? Optional.empty() : bash(evaluations.evaluation());
    bash.ifPresent(b -> inputs.add(new DerivedPath.Built(b, new TreeSet<>(Set.of("out")))));
    if (dryRun) {
      new Builds(context, evaluations.settings(), !quietBuilds).show(inputs);
      return 0;
    }
    var built = new Builds(context, evaluations.settings(), !quietBuilds).realise(inputs);
    String program =
        shell.orElseGet(
            () -> bash.map(b -> built.get(b).get("out")).map(this::bashIn).orElse("bash"));
    become(drv, program, evaluations.settings().number("cores"));
    return 0;
  }

  private String bashIn(StorePath path) {
    return context.services().store().dir().print(path) + "/bin/bash";
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
          evaluation.run(whole, (ev, args, values) -> find(ev, args, values, attributes))) {
        found.add(path);
        count++;
      }
    }
    if (count != 1) {
      throw usage("nix-shell requires a single derivation");
    }
    return found.iterator().next();
  }

  private static List<StorePath> find(
      Evaluator ev, Attrs arguments, List<Value> values, List<String> attributes) {
    List<StorePath> paths = new ArrayList<>();
    Value root = ev.force(values.getFirst());
    for (String attribute : attributes.isEmpty() ? List.of("") : attributes) {
      Value v =
          attribute.isEmpty()
              ? root
              : ev.select(root, attribute, ShellArguments.of(ev, root, arguments));
      for (Package p :
          Evaluation.packages(ev, ShellArguments.of(ev, v, arguments), v, attribute, false)) {
        p.drvPath().ifPresent(paths::add);
      }
    }
    return paths;
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

  private List<DerivedPath> inputs(Derivation drv) {
    List<DerivedPath> inputs = new ArrayList<>();
    drv.inputDerivations()
        .forEach(
            (path, outputs) -> {
              String printed = context.services().store().dir().print(path);
              if (exclude.stream()
                  .noneMatch(x -> java.util.regex.Pattern.compile(x).matcher(printed).find())) {
                inputs.add(new DerivedPath.Built(path, outputs));
              }
            });
    drv.inputSources().forEach(s -> inputs.add(new DerivedPath.Opaque(s)));
    return inputs;
  }

  /** The derivation of the shell that nixpkgs has for this, if there is nixpkgs. */
  private Optional<StorePath> bash(Evaluation evaluation) throws IOException {
    String text = "(import <nixpkgs> {}).bashInteractive";
    try {
      List<Found> found =
          evaluation.derivations(
              new Evaluation.Query(
                  new Evaluation.Input.Text(text, "/"), List.of(), List.of(), "/"));
      return found.size() == 1 ? Optional.of(found.getFirst().drvPath()) : Optional.empty();
    } catch (EvalException e) {
      context.messages().shownError("error: " + e.getMessage());
      context.messages().note("will use bash from your environment");
      return Optional.empty();
    }
  }

  private void become(Derivation drv, String shell, long cores) throws IOException {
    Invocation invocation = context.caller().invocation();
    Path folder = ShellFiles.make(invocation);
    try {
      SortedMap<String, String> env =
          new ShellEnvironment(context, drv, folder, pure, keep).variables(cores);
      boolean interactive =
          run.isEmpty()
              && interpreter.isEmpty()
              && invocation.stdinIsTerminal()
              && invocation.stderrIsTerminal();
      String rc = new ShellFiles(folder, shell, pure, invocation).script(commandLine());
      List<String> args = interactive ? List.of("bash", "--rcfile", rc) : List.of("bash", rc);
      String view = Octets.fromText(context.services().view().toString());
      Map<String, String> all = new LinkedHashMap<>(env);
      context
          .caller()
          .become(
              new NextProgram(
                  shell,
                  args,
                  all,
                  Optional.of(
                      new NextProgram.Shown(view, context.services().store().dir().path()))));
    } catch (IOException | CommandException e) {
      ShellFiles.remove(folder);
      throw e;
    }
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
