package org.buildchain.language.syntax;

import java.util.List;
import org.buildchain.language.syntax.Expr.Operator;

/** Reads operators by precedence climbing. */
final class OperatorParser {
  private final TokenCursor in;
  private final Parser parser;
  private final TermParser terms;
  private final BindingsParser bindings;

  OperatorParser(TokenCursor in, Parser parser, TermParser terms, BindingsParser bindings) {
    this.in = in;
    this.parser = parser;
    this.terms = terms;
    this.bindings = bindings;
  }

  // Operator precedences, weakest first, as the %left/%right/%nonassoc lines of parser.y.
  private static final int NOT_LEVEL = 7;
  private static final int NEGATE_LEVEL = 12;

  private static int level(TokenKind k) {
    return switch (k) {
      case IMPL -> 1;
      case OR -> 2;
      case AND -> 3;
      case EQ, NEQ -> 4;
      case LESS, GREATER, LEQ, GEQ -> 5;
      case UPDATE -> 6;
      case PLUS, MINUS -> 8;
      case STAR, SLASH -> 9;
      case CONCAT -> 10;
      case QUESTION -> 11;
      default -> -1;
    };
  }

  /** Operators that bind at least as tightly as {@code min}; 0 is all of them. */
  Expr operators(int min) {
    parser.enter();
    Pos start = in.pos(in.peek());
    Expr left = prefix();
    int forbidden = -1;
    while (true) {
      Token op = in.peek();
      int level = level(op.kind());
      if (level < 0 || level < min) {
        break;
      }
      if (level == forbidden) {
        throw in.unexpected();
      }
      in.skip(1);
      left = infix(start, left, op, level);
      forbidden = level == 4 || level == 5 ? level : -1;
    }
    parser.leave();
    return left;
  }

  private Expr prefix() {
    Token t = in.peek();
    if (t.kind() == TokenKind.NOT) {
      in.skip(1);
      return new Expr.Not(in.pos(t), operators(NOT_LEVEL));
    }
    if (t.kind() == TokenKind.MINUS) {
      in.skip(1);
      Expr operand = operators(NEGATE_LEVEL);
      return call(in.pos(t), "__sub", new Expr.Int(Pos.NONE, 0), operand);
    }
    return terms.application();
  }

  private static Expr call(Pos at, String function, Expr a, Expr b) {
    return new Expr.Call(at, new Expr.Var(Pos.NONE, function), List.of(a, b));
  }

  private Expr infix(Pos start, Expr left, Token op, int level) {
    Pos at = in.pos(op);
    if (op.kind() == TokenKind.QUESTION) {
      return new Expr.HasAttr(at, left, bindings.attrPath());
    }
    boolean rightAssociative = level == 1 || level == 6 || level == 10;
    Pos rightStart = in.pos(in.peek());
    Expr right = operators(rightAssociative ? level : level + 1);
    return switch (op.kind()) {
      case IMPL -> new Expr.Binary(at, Operator.IMPL, left, right);
      case OR -> new Expr.Binary(at, Operator.OR, left, right);
      case AND -> new Expr.Binary(at, Operator.AND, left, right);
      case EQ -> new Expr.Binary(at, Operator.EQ, left, right);
      case NEQ -> new Expr.Binary(at, Operator.NEQ, left, right);
      case LESS -> call(at, "__lessThan", left, right);
      case GREATER -> call(at, "__lessThan", right, left);
      case LEQ -> new Expr.Not(at, call(at, "__lessThan", right, left));
      case GEQ -> new Expr.Not(at, call(at, "__lessThan", left, right));
      case UPDATE -> new Expr.Binary(at, Operator.UPDATE, left, right);
      case PLUS -> new Expr.Concat(at, false, List.of(left, right), List.of(start, rightStart));
      case MINUS -> call(at, "__sub", left, right);
      case STAR -> call(at, "__mul", left, right);
      case SLASH -> call(at, "__div", left, right);
      default -> new Expr.Binary(at, Operator.CONCAT, left, right);
    };
  }
}
