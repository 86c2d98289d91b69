package org.buildchain.daemon.nix.shell;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Package;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.store.path.StorePath;

/**
 * The derivations of an expression, as {@code nix-shell} finds them: with {@code inNixShell} for
 * every function that asks for it.
 */
final class ShellArguments {
  private static final String NAME = "inNixShell";

  private ShellArguments() {}

  /** The caller's arguments, and {@code inNixShell = true} if the function has such a formal. */
  static Attrs of(Evaluator ev, Value function, Attrs arguments) {
    if (!(ev.force(function) instanceof Value.Lambda lambda) || !asks(lambda)) {
      return arguments;
    }
    Attrs.Builder all = new Attrs.Builder(arguments.size() + 1);
    for (int i = 0; i < arguments.size(); i++) {
      all.put(arguments.name(i), arguments.value(i));
    }
    return all.put(ev.symbols().of(NAME), Value.Bool.TRUE).build();
  }

  /**
   * The derivations that a shell may be of.
   *
   * @param values the input's value alone
   * @param attributes what is selected of it; nothing for the value itself
   */
  static List<StorePath> derivations(
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

  private static boolean asks(Value.Lambda lambda) {
    for (int i = 0; lambda.code().hasFormals() && i < lambda.code().formalCount(); i++) {
      if (lambda.code().formalName(i).name().equals(NAME)) {
        return true;
      }
    }
    return false;
  }
}
