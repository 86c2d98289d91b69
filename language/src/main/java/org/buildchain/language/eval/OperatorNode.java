package org.buildchain.language.eval;

import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.ExprPrinter;
import org.buildchain.language.syntax.Pos;

/** The operators that no scope can redefine, and {@code assert}. */
final class OperatorNode {
  private OperatorNode() {}

  /** {@code !e}. */
  static final class Not extends Node {
    private final Ops ops;
    private final Node operand;

    Not(Pos pos, Ops ops, Node operand) {
      super(pos);
      this.ops = ops;
      this.operand = operand;
    }

    @Override
    Value eval(Env env) {
      return Value.Bool.of(!ops.bool(operand, env, pos(), "in the argument of '!'"));
    }
  }

  /** {@code ==} and {@code !=}. */
  static final class Equal extends Node {
    private final Ops ops;
    private final Node left;
    private final Node right;
    private final boolean negated;

    Equal(Pos pos, Ops ops, Node left, Node right, boolean negated) {
      super(pos);
      this.ops = ops;
      this.left = left;
      this.right = right;
      this.negated = negated;
    }

    @Override
    Value eval(Env env) {
      Value a = left.eval(env);
      Value b = right.eval(env);
      return Value.Bool.of(ops.evaluator().equality().operator(a, b) != negated);
    }
  }

  /** {@code &&}, {@code ||} and {@code ->}. */
  static final class Logical extends Node {
    private final Ops ops;
    private final Expr.Operator operator;
    private final Node left;
    private final Node right;
    private final String leftContext;
    private final String rightContext;

    Logical(Pos pos, Ops ops, Expr.Operator operator, Node left, Node right) {
      super(pos);
      this.ops = ops;
      this.operator = operator;
      this.left = left;
      this.right = right;
      String shown =
          switch (operator) {
            case AND -> "AND (&&)";
            case OR -> "OR (||)";
            default -> "IMPL (->)";
          };
      this.leftContext = "in the left operand of the " + shown + " operator";
      this.rightContext = "in the right operand of the " + shown + " operator";
    }

    @Override
    Value eval(Env env) {
      boolean l = ops.bool(left, env, pos(), leftContext);
      boolean decided =
          switch (operator) {
            case AND -> !l;
            case OR -> l;
            default -> !l;
          };
      if (decided) {
        return Value.Bool.of(operator != Expr.Operator.AND);
      }
      return Value.Bool.of(ops.bool(right, env, pos(), rightContext));
    }
  }

  /** {@code //}. */
  static final class Update extends Node {
    private final Ops ops;
    private final Node left;
    private final Node right;

    Update(Pos pos, Ops ops, Node left, Node right) {
      super(pos);
      this.ops = ops;
      this.left = left;
      this.right = right;
    }

    @Override
    Value eval(Env env) {
      Attrs a = ops.attrs(left, env, pos(), "in the left operand of the update (//) operator");
      Attrs b = ops.attrs(right, env, pos(), "in the right operand of the update (//) operator");
      return a.update(b, ops.evaluator().symbols());
    }
  }

  /** {@code ++}. */
  static final class ConcatLists extends Node {
    private static final String CONTEXT = "while evaluating one of the elements to concatenate";

    private final Ops ops;
    private final Node left;
    private final Node right;

    ConcatLists(Pos pos, Ops ops, Node left, Node right) {
      super(pos);
      this.ops = ops;
      this.left = left;
      this.right = right;
    }

    @Override
    Value eval(Env env) {
      Value a = left.eval(env);
      Value b = right.eval(env);
      return ops.evaluator()
          .concat(ops.evaluator().list(a, pos(), CONTEXT), ops.evaluator().list(b, pos(), CONTEXT));
    }
  }

  /** {@code assert condition; body}. */
  static final class Assert extends Node {
    private final Ops ops;
    private final Node condition;
    private final Node body;
    private final Expr written;

    /** If the condition is a comparison, its two sides, else {@code null}. */
    private final Node left;

    private final Node right;

    Assert(Pos pos, Ops ops, Node condition, Node left, Node right, Node body, Expr written) {
      super(pos);
      this.ops = ops;
      this.condition = condition;
      this.left = left;
      this.right = right;
      this.body = body;
      this.written = written;
    }

    @Override
    Value eval(Env env) {
      if (!ops.bool(condition, env, pos(), "in the condition of the assert statement")) {
        String shown = ExprPrinter.show(written);
        if (left != null) {
          throw new Differences(ops.evaluator())
              .explain(left.eval(env), right.eval(env))
              .trace(pos(), "while evaluating the condition of the assertion '" + shown + "'");
        }
        throw new EvalException(
            EvalException.Kind.ASSERTION, pos(), "assertion '" + shown + "' failed");
      }
      return body.eval(env);
    }
  }

  /** {@code __curPos}. */
  static final class CurPos extends Node {
    private final Ops ops;

    CurPos(Pos pos, Ops ops) {
      super(pos);
      this.ops = ops;
    }

    @Override
    Value eval(Env env) {
      return ops.evaluator().position(pos());
    }
  }
}
