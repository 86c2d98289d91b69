package org.buildchain.language.eval;

import org.buildchain.language.syntax.Pos;

/** A call with one or more arguments. */
final class CallNode extends Node {
  private final Ops ops;
  private final Node function;
  private final Node[] arguments;

  CallNode(Pos pos, Ops ops, Node function, Node[] arguments) {
    super(pos);
    this.ops = ops;
    this.function = function;
    this.arguments = arguments;
  }

  @Override
  Value eval(Env env) {
    Value f = function.eval(env);
    if (arguments.length == 1) {
      Value a = arguments[0].delay(env);
      return ops.call(f, a, pos());
    }
    Value[] args = new Value[arguments.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = arguments[i].delay(env);
    }
    return ops.call(f, args, pos());
  }
}
