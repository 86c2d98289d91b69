package org.buildchain.language.eval;

import java.util.List;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Pos;

/** Variables. */
final class VarNode {
  private VarNode() {}

  static Node local(Pos pos, int depth, int index) {
    return switch (depth) {
      case 0 -> new Depth0(pos, index);
      case 1 -> new Depth1(pos, index);
      default -> new Deep(pos, depth, index);
    };
  }

  /** Bound {@code depth} scopes further out. */
  private abstract static class Local extends Node {
    final int index;

    Local(Pos pos, int index) {
      super(pos);
      this.index = index;
    }

    abstract Value slot(Env env);

    @Override
    final Value eval(Env env) {
      Value v = slot(env);
      return v instanceof Thunk ? force(v, pos()) : v;
    }

    // While a recursive scope is being filled, its later slots are still empty. What is compared by
    // its place stays where it is (Equality).
    @Override
    final Value delay(Env env) {
      Value v = slot(env);
      if (v == null) {
        return super.delay(env);
      }
      if (v instanceof Thunk t) {
        Value known = t.constant();
        return isPlain(known) ? known : v;
      }
      return v;
    }
  }

  private static boolean isPlain(Value v) {
    return v instanceof Str
        || v instanceof Value.Int
        || v instanceof Value.Bool
        || v instanceof Value.Path
        || v instanceof Value.Null;
  }

  private static final class Depth0 extends Local {
    Depth0(Pos pos, int index) {
      super(pos, index);
    }

    @Override
    Value slot(Env env) {
      return env.slots[index];
    }
  }

  private static final class Depth1 extends Local {
    Depth1(Pos pos, int index) {
      super(pos, index);
    }

    @Override
    Value slot(Env env) {
      return env.up.slots[index];
    }
  }

  private static final class Deep extends Local {
    private final int depth;

    Deep(Pos pos, int depth, int index) {
      super(pos, index);
      this.depth = depth;
    }

    @Override
    Value slot(Env env) {
      for (int d = depth; d > 0; d--) {
        env = env.up;
      }
      return env.slots[index];
    }
  }

  /** One {@code with} around a variable. */
  record Around(int depth, Pos pos) {}

  /** Bound by none but perhaps by a {@code with}; the innermost is asked first. */
  static final class FromWith extends Node {
    private final Ops ops;
    private final Symbol name;
    private final List<Around> scopes;

    FromWith(Pos pos, Ops ops, Symbol name, List<Around> scopes) {
      super(pos);
      this.ops = ops;
      this.name = name;
      this.scopes = scopes;
    }

    @Override
    Value eval(Env env) {
      int depth = 0;
      for (Around s : scopes) {
        for (; depth < s.depth(); depth++) {
          env = env.up;
        }
        Attrs set =
            ops.attrs(
                env.slots[0],
                s.pos(),
                "while evaluating the first subexpression of a with expression");
        Value v = set.get(name);
        if (v != null) {
          return force(v, pos());
        }
      }
      throw new EvalException(
          EvalException.Kind.UNDEFINED_VARIABLE, pos(), "undefined variable '" + name + "'");
    }
  }
}
