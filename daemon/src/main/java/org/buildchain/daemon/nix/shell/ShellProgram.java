package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.language.error.EvalException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * The bash of a shell: {@code NIX_BUILD_SHELL}, or what nixpkgs has for this, or else the one of
 * the caller's PATH.
 *
 * @param given by the caller
 * @param derivation of nixpkgs'
 */
record ShellProgram(Optional<String> given, Optional<StorePath> derivation) {
  /**
   * The one for a caller.
   *
   * @param tell whether the user hears that there is no shell of nixpkgs
   */
  static ShellProgram find(CommandContext context, Evaluations evaluations, boolean tell)
      throws IOException {
    Optional<String> given =
        Optional.ofNullable(context.caller().invocation().env().get("NIX_BUILD_SHELL"));
    if (given.isPresent()) {
      return new ShellProgram(given, Optional.empty());
    }
    Evaluation.Input text = new Evaluation.Input.Text("(import <nixpkgs> {}).bashInteractive", "/");
    try {
      List<Found> found =
          evaluations
              .evaluation()
              .derivations(new Evaluation.Query(text, List.of(), List.of(), "/"));
      return new ShellProgram(
          Optional.empty(),
          found.size() == 1 ? Optional.of(found.getFirst().drvPath()) : Optional.empty());
    } catch (EvalException e) {
      if (tell) {
        context.messages().shownError("error: " + e.getMessage());
        context.messages().note("will use bash from your environment");
      }
      return new ShellProgram(Optional.empty(), Optional.empty());
    }
  }

  /** What has to be built for it. */
  List<DerivedPath> wanted() {
    return derivation.stream()
        .<DerivedPath>map(d -> new DerivedPath.Built(d, new TreeSet<>(Set.of("out"))))
        .toList();
  }

  /** Its path, or its name in the PATH, once what it {@link #wanted} is built. */
  String path(StoreDir dir, Map<StorePath, SortedMap<String, StorePath>> built) {
    return given
        .or(() -> derivation.map(d -> dir.print(built.get(d).get("out")) + "/bin/bash"))
        .orElse("bash");
  }
}
