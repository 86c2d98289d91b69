package org.buildchain.language.syntax;

import java.util.List;

/** How attribute paths are shown in messages. */
final class AttrPaths {
  private AttrPaths() {}

  /** {@code a.b."${…}"}, computed names as their expression. */
  static String show(List<Expr.AttrName> path) {
    StringBuilder out = new StringBuilder();
    for (Expr.AttrName n : path) {
      if (out.length() > 0) {
        out.append('.');
      }
      switch (n) {
        case Expr.AttrName.Known k -> out.append(Literals.name(k.name()));
        case Expr.AttrName.Computed c ->
            out.append("\"${").append(ExprPrinter.show(c.expr())).append("}\"");
      }
    }
    return out.toString();
  }
}
