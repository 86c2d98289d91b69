package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Recursive descent over the grammar of {@code parser.y}. Nesting deeper than {@link #MAX_DEPTH} is
 * refused, so that no text can exhaust the stack.
 */
public final class Parser {
  /** The deepest nesting of expressions that is read. */
  public static final int MAX_DEPTH = 20_000;

  /**
   * What a text is read with.
   *
   * @param basePath the absolute folder that relative paths start from
   * @param home gives the user's folder for {@code ~/…}, or throws in pure mode
   * @param pipes whether {@code |>} and {@code <|} are enabled
   * @param lints what is done about literals that are better avoided
   * @param warnings gets what is allowed but will not be for ever
   * @param names gets the names of variables and attributes as they are read: in the order in which
   *     Nix's parser meets them, an argument's after the function's body
   */
  public record Options(
      String basePath,
      Function<String, String> home,
      boolean pipes,
      Lints lints,
      Warnings warnings,
      Consumer<String> names) {}

  /** Takes warnings. */
  @FunctionalInterface
  public interface Warnings {
    /** A warning; {@code at} may be {@link Pos#NONE}. */
    void warn(Pos at, String message);
  }

  private final TokenCursor in;
  private final BindingsParser bindings;
  private final FormalsParser formals;
  private final OperatorParser operators;
  private final Consumer<String> names;
  private int depth;

  private Parser(Source source, Options options) {
    in = new TokenCursor(source, options.pipes());
    names = options.names();
    LiteralParser literals = new LiteralParser(in, this, options);
    bindings = new BindingsParser(in, this, literals, names);
    formals = new FormalsParser(in, this, names);
    TermParser terms = new TermParser(in, this, options, literals, bindings);
    operators = new OperatorParser(in, this, terms, bindings);
  }

  /**
   * The expression that {@code source} holds.
   *
   * @throws ParseException where it holds none
   */
  public static Expr parse(Source source, Options options) {
    Parser p = new Parser(source, options);
    Expr e = p.expr();
    p.in.expect(TokenKind.END);
    return e;
  }

  Expr expr() {
    enter();
    try {
      return function();
    } finally {
      leave();
    }
  }

  private Expr function() {
    Token t = in.peek();
    Pos at = in.pos(t);
    switch (t.kind()) {
      case ID -> {
        if (in.kind(1) == TokenKind.COLON) {
          in.skip(2);
          Expr body = expr();
          names.accept(t.text());
          return new Expr.Lambda(at, Optional.of(t.text()), Optional.empty(), body);
        }
        if (in.kind(1) == TokenKind.AT) {
          in.skip(2);
          Expr.Formals f = formals.formals(at, Optional.of(t.text()));
          in.expect(TokenKind.COLON);
          Expr body = expr();
          names.accept(t.text());
          return new Expr.Lambda(at, Optional.of(t.text()), Optional.of(f), body);
        }
      }
      case CURLY_OPEN -> {
        if (formals.starts()) {
          return formals.function(at);
        }
      }
      case ASSERT -> {
        in.skip(1);
        Expr condition = expr();
        in.expect(TokenKind.SEMICOLON);
        return new Expr.Assert(at, condition, expr());
      }
      case WITH -> {
        in.skip(1);
        Expr scope = expr();
        in.expect(TokenKind.SEMICOLON);
        return new Expr.With(at, scope, expr());
      }
      case LET -> {
        if (in.kind(1) != TokenKind.CURLY_OPEN) {
          in.skip(1);
          AttrSet binds = bindings.binds(at, TokenKind.IN, TokenKind.IN, TokenKind.INHERIT);
          in.expect(TokenKind.IN);
          if (!binds.dynamics().isEmpty()) {
            throw new ParseException(at, "dynamic attributes not allowed in let");
          }
          return new Expr.Let(at, binds, expr());
        }
      }
      case IF -> {
        in.skip(1);
        Expr condition = expr();
        in.expect(TokenKind.THEN);
        Expr then = expr();
        in.expect(TokenKind.ELSE);
        return new Expr.If(at, condition, then, expr());
      }
      default -> {}
    }
    return pipes();
  }

  private Expr pipes() {
    Expr left = operators.operators(0);
    if (in.is(TokenKind.PIPE_INTO)) {
      while (in.is(TokenKind.PIPE_INTO)) {
        Pos at = in.pos(in.take());
        left = apply(at, operators.operators(0), left);
      }
    } else if (in.is(TokenKind.PIPE_FROM)) {
      Pos at = in.pos(in.take());
      return apply(at, left, pipesFrom());
    }
    return left;
  }

  private Expr pipesFrom() {
    Expr left = operators.operators(0);
    if (in.is(TokenKind.PIPE_FROM)) {
      Pos at = in.pos(in.take());
      return apply(at, left, pipesFrom());
    }
    return left;
  }

  private static Expr apply(Pos at, Expr function, Expr argument) {
    if (function instanceof Expr.Call c) {
      List<Expr> args = new ArrayList<>(c.arguments());
      args.add(argument);
      return new Expr.Call(c.pos(), c.function(), List.copyOf(args));
    }
    return new Expr.Call(at, function, List.of(argument));
  }

  /** One level deeper. */
  void enter() {
    if (++depth > MAX_DEPTH) {
      throw new ParseException(
          in.pos(in.peek()), "expressions are nested more than " + MAX_DEPTH + " deep");
    }
  }

  void leave() {
    depth--;
  }
}
