package org.buildchain.language.eval;

import org.buildchain.language.syntax.AttrSet;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.Pos;

/** The place that errors give for an expression; literals and some others have none. */
final class Places {
  private Places() {}

  static Pos of(Expr e) {
    return switch (e) {
      case Expr.Int _, Expr.Float _, Expr.Str _, Expr.PathLiteral _, Expr.Let _ -> Pos.NONE;
      case Expr.Not n -> of(n.operand());
      case Expr.HasAttr h -> of(h.subject());
      case Expr.ListOf l -> l.elements().isEmpty() ? Pos.NONE : of(l.elements().getFirst());
      case AttrSet a -> a.pos();
      // Nix keeps no place for these two.
      case Expr.Binary b
          when b.operator() == Expr.Operator.EQ || b.operator() == Expr.Operator.NEQ ->
          Pos.NONE;
      default -> e.pos();
    };
  }
}
