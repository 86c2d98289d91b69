package org.buildchain.language.eval;

import org.buildchain.language.error.EvalException;

/** Calls what a file or attribute turns out to be with the arguments of the command line. */
final class AutoCall {
  private final Evaluator ev;

  AutoCall(Evaluator ev) {
    this.ev = ev;
  }

  Value apply(Value v, Attrs args) {
    if (v instanceof Attrs a && a.has(ev.names().functor)) {
      Value f = ev.call(a.get(ev.names().functor), a);
      return apply(f, args);
    }
    if (!(v instanceof Value.Lambda l) || !l.code().hasFormals()) {
      return v;
    }
    LambdaNode code = l.code();
    if (code.hasEllipsis()) {
      return ev.call(v, args);
    }
    Attrs.Builder taken = new Attrs.Builder(code.formalCount());
    for (int i = 0; i < code.formalCount(); i++) {
      Symbol name = code.formalName(i);
      Value given = args.get(name);
      if (given != null) {
        taken.put(name, given);
      } else if (!code.formalHasDefault(i)) {
        throw new EvalException(
            EvalException.Kind.OTHER,
            code.formalPos(i),
            "cannot evaluate a function that has an argument without a value ('"
                + name
                + "')\n"
                + "Nix attempted to evaluate a function as a top level expression; in\n"
                + "this case it must have its arguments supplied either by default\n"
                + "values, or passed explicitly with '--arg' or '--argstr'. See\n"
                + "https://nixos.org/manual/nix/stable/language/constructs.html#functions.");
      }
    }
    return ev.call(v, taken.build());
  }
}
