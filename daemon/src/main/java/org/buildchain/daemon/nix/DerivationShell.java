package org.buildchain.daemon.nix;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.buildchain.daemon.command.Builds;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.Evaluations;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.language.eval.EvalException;
import org.buildchain.store.path.StorePath;

/**
 * A shell in which a derivation could be built by hand: what it is built from is there, its
 * variables are set, and stdenv's {@code setup} has run. Source: {@code nix-build.cc}.
 */
final class DerivationShell {
  /**
   * How it differs from what the caller has.
   *
   * @param pure whether most of the caller's variables are left out
   * @param keep those that are not
   * @param exclude regular expressions: inputs whose derivations' paths match are not built
   * @param logs whether builders' output is shown as it comes
   * @param tell whether the user hears that there is no shell of nixpkgs
   */
  record Options(
      boolean pure, List<String> keep, List<String> exclude, boolean logs, boolean tell) {}

  private final CommandContext context;
  private final Evaluations evaluations;
  private final Options options;
  private final StorePath drvPath;
  private final Derivation drv;

  DerivationShell(
      CommandContext context, Evaluations evaluations, StorePath drvPath, Options options) {
    this.context = context;
    this.evaluations = evaluations;
    this.options = options;
    this.drvPath = drvPath;
    this.drv = new Derivations(context.services().store()).apply(drvPath);
  }

  /** Says what would be built for it. */
  void show() throws IOException, InterruptedException {
    List<DerivedPath> wanted = inputs();
    bash().map(DerivationShell::out).ifPresent(wanted::add);
    builds().show(wanted);
  }

  /**
   * Builds what it needs and has it take the client's place.
   *
   * @param command what it runs and leaves after; empty for none
   * @param batch whether it is no shell to talk to, though there is a terminal
   */
  void enter(String command, boolean batch) throws IOException, InterruptedException {
    List<DerivedPath> wanted = inputs();
    Optional<StorePath> bash = bash();
    bash.map(DerivationShell::out).ifPresent(wanted::add);
    var built = builds().realise(wanted);
    String shell =
        given()
            .or(() -> bash.map(b -> printed(built.get(b).get("out")) + "/bin/bash"))
            .orElse("bash");
    become(shell, command, batch, closure(built.values()));
  }

  private Builds builds() {
    return new Builds(context, evaluations.settings(), options.logs());
  }

  private static DerivedPath out(StorePath derivation) {
    return new DerivedPath.Built(derivation, new TreeSet<>(Set.of("out")));
  }

  private String printed(StorePath path) {
    return context.services().store().dir().print(path);
  }

  private List<DerivedPath> inputs() {
    List<Pattern> excluded = options.exclude().stream().map(Pattern::compile).toList();
    List<DerivedPath> inputs = new ArrayList<>();
    drv.inputDerivations()
        .forEach(
            (path, outputs) -> {
              String printed = printed(path);
              if (excluded.stream().noneMatch(x -> x.matcher(printed).find())) {
                inputs.add(new DerivedPath.Built(path, outputs));
              }
            });
    drv.inputSources().forEach(s -> inputs.add(new DerivedPath.Opaque(s)));
    return inputs;
  }

  /** What the derivation may be told about. */
  private SortedSet<StorePath> closure(Iterable<SortedMap<String, StorePath>> built) {
    List<StorePath> roots = new ArrayList<>(drv.inputSources());
    built.forEach(outputs -> roots.addAll(outputs.values()));
    return context.services().store().closure(roots);
  }

  /** The shell that the caller wants. */
  private Optional<String> given() {
    return Optional.ofNullable(context.caller().invocation().env().get("NIX_BUILD_SHELL"));
  }

  /** The derivation of the shell that nixpkgs has for this, if there is nixpkgs. */
  private Optional<StorePath> bash() throws IOException {
    if (given().isPresent()) {
      return Optional.empty();
    }
    Evaluation.Input text = new Evaluation.Input.Text("(import <nixpkgs> {}).bashInteractive", "/");
    try {
      List<Found> found =
          evaluations
              .evaluation()
              .derivations(new Evaluation.Query(text, List.of(), List.of(), "/"));
      return found.size() == 1 ? Optional.of(found.getFirst().drvPath()) : Optional.empty();
    } catch (EvalException e) {
      if (options.tell()) {
        context.messages().shownError("error: " + e.getMessage());
        context.messages().note("will use bash from your environment");
      }
      return Optional.empty();
    }
  }

  private void become(String shell, String command, boolean batch, SortedSet<StorePath> closure)
      throws IOException {
    Invocation invocation = context.caller().invocation();
    Path folder = ShellFiles.make(invocation);
    try {
      ShellEnvironment environment =
          new ShellEnvironment(context, drvPath, drv, closure, folder, options);
      ShellFiles files = new ShellFiles(folder, shell, options.pure(), invocation);
      SortedMap<String, String> env = environment.variables(evaluations.settings().number("cores"));
      String rc = files.script(environment.structured(), command);
      boolean interactive = !batch && invocation.stdinIsTerminal() && invocation.stderrIsTerminal();
      context.become(
          shell, interactive ? List.of("bash", "--rcfile", rc) : List.of("bash", rc), env);
    } catch (IOException | RuntimeException e) {
      ShellFiles.remove(folder);
      throw e;
    }
  }
}
