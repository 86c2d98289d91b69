package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.language.syntax.Expr.AttrName;

/** Reads applications, selections and what they are made of. */
final class TermParser {
  private final TokenCursor in;
  private final Parser parser;
  private final Parser.Options options;
  private final LiteralParser literals;
  private final BindingsParser bindings;

  /** The last {@code f or} that was read as a call, unless something else was read since. */
  private Expr.Call identifierOr;

  TermParser(
      TokenCursor in,
      Parser parser,
      Parser.Options options,
      LiteralParser literals,
      BindingsParser bindings) {
    this.in = in;
    this.parser = parser;
    this.options = options;
    this.literals = literals;
    this.bindings = bindings;
  }

  private boolean startsSimple() {
    return switch (in.peek().kind()) {
      case ID,
          INT,
          FLOAT,
          QUOTE,
          IND_OPEN,
          PATH,
          HOME_PATH,
          SEARCH_PATH,
          URI,
          PAREN_OPEN,
          LET,
          REC,
          CURLY_OPEN,
          BRACKET_OPEN ->
          true;
      default -> false;
    };
  }

  Expr application() {
    Pos at = in.pos(in.peek());
    Expr f = select();
    identifierOr = null;
    if (!startsSimple()) {
      return f;
    }
    List<Expr> args = new ArrayList<>();
    while (startsSimple()) {
      args.add(warned(select()));
    }
    if (f instanceof Expr.Call c) {
      args.addAll(0, c.arguments());
      return new Expr.Call(c.pos(), c.function(), List.copyOf(args));
    }
    return new Expr.Call(at, f, List.copyOf(args));
  }

  private Expr select() {
    Pos at = in.pos(in.peek());
    Expr e = simple();
    if (in.accept(TokenKind.DOT)) {
      List<AttrName> path = bindings.attrPath();
      Optional<Expr> fallback = Optional.empty();
      if (in.accept(TokenKind.OR_KW)) {
        fallback = Optional.of(warned(select()));
      }
      return new Expr.Select(at, e, path, fallback);
    }
    if (in.is(TokenKind.OR_KW)) {
      in.skip(1);
      identifierOr = new Expr.Call(at, e, List.of(new Expr.Var(at, "or")));
      return identifierOr;
    }
    return e;
  }

  /**
   * Warns where {@code f or} as a call, which Nix keeps for old expressions, stands as an argument:
   * there it binds tighter than anyone expects.
   */
  private Expr warned(Expr e) {
    if (e == identifierOr && identifierOr != null) {
      String text = in.textFrom(e.pos());
      options
          .warnings()
          .warn(
              Pos.NONE,
              "at "
                  + e.pos()
                  + ": This expression uses `or` as an identifier in a way that will change in a"
                  + " future Nix release.\n"
                  + "Wrap this entire expression in parentheses to preserve its current meaning:\n"
                  + "    ("
                  + text
                  + ")\n"
                  + "Give feedback at https://github.com/NixOS/nix/pull/11121");
    }
    return e;
  }

  private Expr simple() {
    Token t = in.peek();
    Pos at = in.pos(t);
    switch (t.kind()) {
      case ID:
        in.skip(1);
        if (t.text().equals("__curPos")) {
          return new Expr.CurPos(at);
        }
        options.names().accept(t.text());
        return new Expr.Var(at, t.text());
      case INT:
        in.skip(1);
        return new Expr.Int(at, Long.parseLong(t.text()));
      case FLOAT:
        in.skip(1);
        return new Expr.Float(at, LiteralParser.floating(at, t.text()));
      case QUOTE:
        in.skip(1);
        return literals.string(at);
      case IND_OPEN:
        in.skip(1);
        return literals.indented(at);
      case PATH, HOME_PATH:
        in.skip(1);
        return literals.path(t);
      case SEARCH_PATH:
        in.skip(1);
        return new Expr.Call(
            at,
            new Expr.Var(Pos.NONE, "__findFile"),
            List.of(new Expr.Var(Pos.NONE, "__nixPath"), new Expr.Str(at, t.text())));
      case URI:
        in.skip(1);
        options.lints().url(options, at, t.text());
        return new Expr.Str(at, t.text());
      case PAREN_OPEN:
        in.skip(1);
        Expr inner = parser.expr();
        in.expect(TokenKind.PAREN_CLOSE);
        return inner;
      case LET:
        in.skip(1);
        return new Expr.Select(
            Pos.NONE, recursiveSet(at), List.of(new AttrName.Known("body")), Optional.empty());
      case REC:
        in.skip(1);
        return recursiveSet(at);
      case CURLY_OPEN:
        in.skip(1);
        AttrSet set = bindings.binds(at, TokenKind.CURLY_CLOSE, TokenKind.INHERIT);
        in.expect(TokenKind.CURLY_CLOSE);
        return set;
      case BRACKET_OPEN:
        in.skip(1);
        return list(at);
      default:
        throw in.unexpected();
    }
  }

  /** What stands between the braces of {@code rec { … }} and {@code let { … }}, braces included. */
  private AttrSet recursiveSet(Pos at) {
    in.expect(TokenKind.CURLY_OPEN);
    AttrSet set =
        bindings
            .binds(at, TokenKind.CURLY_CLOSE, TokenKind.INHERIT, TokenKind.CURLY_CLOSE)
            .at(at, true);
    in.expect(TokenKind.CURLY_CLOSE);
    return set;
  }

  /** A list behind its opening bracket. */
  private Expr list(Pos at) {
    List<Expr> elements = new ArrayList<>();
    parser.enter();
    while (!in.is(TokenKind.BRACKET_CLOSE)) {
      if (!startsSimple()) {
        throw in.unexpected();
      }
      elements.add(warned(select()));
    }
    parser.leave();
    in.skip(1);
    return new Expr.ListOf(at, List.copyOf(elements));
  }
}
