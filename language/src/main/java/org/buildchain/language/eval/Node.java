package org.buildchain.language.eval;

import java.util.Optional;
import org.buildchain.language.syntax.Pos;

/**
 * An expression resolved and ready to run. Nodes hold no evaluation state: one node runs in any
 * number of scopes and threads at once.
 */
abstract class Node implements Thunk.Code {
  private final Pos pos;

  Node(Pos pos) {
    this.pos = pos;
  }

  /** Where the expression stands. */
  final Pos pos() {
    return pos;
  }

  /** The value in weak head normal form. */
  abstract Value eval(Env env);

  @Override
  public final Value run(Env env, Pos at) {
    return eval(env);
  }

  @Override
  public final Pos place() {
    return pos;
  }

  /** The value of a set or list as it is written, if building it computes nothing else. */
  Optional<Value> written(Env env) {
    return Optional.empty();
  }

  /** The value if it costs nothing, otherwise a thunk for it. */
  Value delay(Env env) {
    return new Thunk(this, env);
  }

  /** Forces a value; a value that needs itself is reported at {@code at}. */
  static Value force(Value v, Pos at) {
    return v instanceof Thunk t ? t.force(at) : v;
  }

  /** A literal. */
  static final class Const extends Node {
    private final Value value;

    Const(Value value) {
      super(Pos.NONE);
      this.value = value;
    }

    @Override
    Value eval(Env env) {
      return value;
    }

    @Override
    Value delay(Env env) {
      return value;
    }
  }

  /** {@code if}. */
  static final class If extends Node {
    private final Ops ops;
    private final Node condition;
    private final Node then;
    private final Node otherwise;

    If(Pos pos, Ops ops, Node condition, Node then, Node otherwise) {
      super(pos);
      this.ops = ops;
      this.condition = condition;
      this.then = then;
      this.otherwise = otherwise;
    }

    @Override
    Value eval(Env env) {
      boolean c = ops.bool(condition, env, pos(), "while evaluating a branch condition");
      return (c ? then : otherwise).eval(env);
    }
  }

  /** {@code with}: a scope whose slot holds the set. */
  static final class With extends Node {
    private final Node scope;
    private final Node body;

    With(Pos pos, Node scope, Node body) {
      super(pos);
      this.scope = scope;
      this.body = body;
    }

    @Override
    Value eval(Env env) {
      return body.eval(new Env(env, new Value[] {scope.delay(env)}));
    }
  }

  /** {@code [ … ]}. */
  static final class ListOf extends Node {
    private final Node[] elements;

    ListOf(Pos pos, Node[] elements) {
      super(pos);
      this.elements = elements;
    }

    @Override
    Value eval(Env env) {
      Value[] out = new Value[elements.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = elements[i].delay(env);
      }
      return new Value.List(out);
    }

    @Override
    Optional<Value> written(Env env) {
      return Optional.of(eval(env));
    }

    @Override
    Value delay(Env env) {
      return elements.length == 0 ? Value.List.EMPTY : super.delay(env);
    }
  }
}
