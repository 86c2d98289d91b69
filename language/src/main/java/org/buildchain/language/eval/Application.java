package org.buildchain.language.eval;

import org.buildchain.language.syntax.Pos;

/** Calls a function with arguments when it is needed. */
record Application(Ops ops, Value f, Value[] args) implements Thunk.Code {
  @Override
  public Value run(Env env, Pos at) {
    return args.length == 1 ? ops.call(f, args[0], at) : ops.call(f, args, at);
  }

  @Override
  public Pos place() {
    return Evaluator.placeOf(f);
  }
}
