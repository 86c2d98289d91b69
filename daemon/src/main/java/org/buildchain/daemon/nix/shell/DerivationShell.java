package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
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
    wanted.addAll(program().wanted());
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
    ShellProgram program = program();
    wanted.addAll(program.wanted());
    var built = builds().realise(wanted);
    String shell = program.path(context.services().store().dir(), built);
    become(shell, command, batch, closure(built.values()));
  }

  private Builds builds() {
    return new Builds(context, evaluations.settings(), options.logs());
  }

  private ShellProgram program() throws IOException {
    return ShellProgram.find(context, evaluations, options.tell());
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
