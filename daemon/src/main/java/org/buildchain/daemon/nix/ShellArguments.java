package org.buildchain.daemon.nix;

import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;

/** The arguments that {@code nix-shell} passes: {@code inNixShell} to whoever asks for it. */
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

  private static boolean asks(Value.Lambda lambda) {
    for (int i = 0; lambda.code().hasFormals() && i < lambda.code().formalCount(); i++) {
      if (lambda.code().formalName(i).name().equals(NAME)) {
        return true;
      }
    }
    return false;
  }
}
