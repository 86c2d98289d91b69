package org.buildchain.language.syntax;

import java.util.List;
import java.util.Optional;

/** A node of the syntax tree. Immutable once the parser has returned it. */
public sealed interface Expr
    permits AttrSet,
        Expr.Int,
        Expr.Float,
        Expr.Str,
        Expr.PathLiteral,
        Expr.Concat,
        Expr.Var,
        Expr.Select,
        Expr.HasAttr,
        Expr.InheritFrom,
        Expr.ListOf,
        Expr.Lambda,
        Expr.Call,
        Expr.Let,
        Expr.With,
        Expr.If,
        Expr.Assert,
        Expr.Not,
        Expr.Binary,
        Expr.CurPos {
  /** Where it stands; {@link Pos#NONE} for what the parser made up. */
  Pos pos();

  /** An integer literal. */
  record Int(Pos pos, long value) implements Expr {}

  /** A floating-point literal. */
  record Float(Pos pos, double value) implements Expr {}

  /** A string without interpolation. */
  record Str(Pos pos, String value) implements Expr {}

  /** An absolute path, canonical but for a trailing slash where an interpolation follows. */
  record PathLiteral(Pos pos, String path) implements Expr {}

  /**
   * Parts joined by {@code +} or interpolation.
   *
   * @param interpolation whether the result is a string whatever the first part is
   * @param places where each part begins
   */
  record Concat(Pos pos, boolean interpolation, List<Expr> parts, List<Pos> places)
      implements Expr {}

  /** A variable. */
  record Var(Pos pos, String name) implements Expr {}

  /** {@code subject.path} or {@code subject.path or fallback}. */
  record Select(Pos pos, Expr subject, List<AttrName> path, Optional<Expr> fallback)
      implements Expr {}

  /** {@code subject ? path}. */
  record HasAttr(Pos pos, Expr subject, List<AttrName> path) implements Expr {}

  /** The {@code index}-th expression of {@code inherit (…)} of the enclosing set or let. */
  record InheritFrom(Pos pos, int index) implements Expr {}

  /** {@code [ … ]}. */
  record ListOf(Pos pos, List<Expr> elements) implements Expr {}

  /** {@code argument: body} or {@code { formals }: body}. */
  record Lambda(Pos pos, Optional<String> argument, Optional<Formals> formals, Expr body)
      implements Expr {}

  /** A function applied to one or more arguments. */
  record Call(Pos pos, Expr function, List<Expr> arguments) implements Expr {}

  /** {@code let … in body}. */
  record Let(Pos pos, AttrSet bindings, Expr body) implements Expr {}

  /** {@code with scope; body}. */
  record With(Pos pos, Expr scope, Expr body) implements Expr {}

  /** {@code if … then … else …}. */
  record If(Pos pos, Expr condition, Expr then, Expr otherwise) implements Expr {}

  /** {@code assert condition; body}. */
  record Assert(Pos pos, Expr condition, Expr body) implements Expr {}

  /** {@code !operand}. */
  record Not(Pos pos, Expr operand) implements Expr {}

  /** An operator that is not overloadable by scope. */
  record Binary(Pos pos, Operator operator, Expr left, Expr right) implements Expr {}

  /** {@code __curPos}. */
  record CurPos(Pos pos) implements Expr {}

  /** The operators of {@link Binary}. */
  enum Operator {
    EQ("=="),
    NEQ("!="),
    AND("&&"),
    OR("||"),
    IMPL("->"),
    UPDATE("//"),
    CONCAT("++");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    /** How it is written. */
    public String symbol() {
      return symbol;
    }
  }

  /** A name in an attribute path: known, or computed. */
  sealed interface AttrName {
    /** A name known from the text. */
    record Known(String name) implements AttrName {}

    /** {@code ${e}} or {@code "…${e}…"}. */
    record Computed(Expr expr) implements AttrName {}
  }

  /**
   * The formal arguments of a function.
   *
   * @param ellipsis whether others are accepted
   */
  record Formals(List<Formal> formals, boolean ellipsis) {
    /** Whether {@code name} is one of them. */
    public boolean has(String name) {
      for (Formal f : formals) {
        if (f.name().equals(name)) {
          return true;
        }
      }
      return false;
    }
  }

  /** One formal argument. */
  record Formal(Pos pos, String name, Optional<Expr> fallback) {}
}
