package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.store.path.StorePath;

/** The derivation that a shell or an environment is of. */
final class ShellTarget {
  private ShellTarget() {}

  /**
   * The one that a command names.
   *
   * @throws CommandException if it names none or several
   */
  static StorePath of(
      CommandContext context, Evaluations evaluations, FlakeExpressionOptions expression)
      throws IOException {
    Set<StorePath> found = new LinkedHashSet<>();
    for (Found f : expression.derivations(context)) {
      found.add(f.drvPath());
    }
    for (Evaluation.Query query : expression.queries(context, FlakeOutput.SHELL, ShellFile::in)) {
      Evaluation.Query whole =
          new Evaluation.Query(query.input(), List.of(), query.arguments(), query.folder());
      found.addAll(
          evaluations
              .evaluation(query)
              .run(
                  whole,
                  (ev, args, values) ->
                      expression.areAttributes()
                          ? Evaluation.packages(ev, args, values.getFirst(), "", false).stream()
                              .flatMap(p -> p.drvPath().stream())
                              .toList()
                          : ShellArguments.derivations(ev, args, values, query.attributes())));
    }
    if (found.size() != 1) {
      throw new CommandException("expected one derivation, found " + found.size());
    }
    return found.iterator().next();
  }
}
