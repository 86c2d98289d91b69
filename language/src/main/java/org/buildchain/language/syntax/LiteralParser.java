package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;

/** Reads strings, indented strings and paths, with what is interpolated in them. */
final class LiteralParser {
  private final TokenCursor in;
  private final Parser parser;
  private final Parser.Options options;

  /** Where relative paths start. */
  private final String folder;

  LiteralParser(TokenCursor in, Parser parser, Parser.Options options) {
    this.in = in;
    this.parser = parser;
    this.options = options;
    this.folder = Paths.canonical(options.basePath());
  }

  static double floating(Pos at, String text) {
    double d = Double.parseDouble(text);
    boolean digits = text.split("[eE]", 2)[0].chars().anyMatch(c -> c >= '1' && c <= '9');
    if (Double.isInfinite(d) || (digits && Math.abs(d) < Double.MIN_NORMAL)) {
      throw new ParseException(at, "invalid float '" + text + "'");
    }
    return d;
  }

  Expr string(Pos at) {
    List<Expr> parts = new ArrayList<>();
    List<Pos> places = new ArrayList<>();
    boolean interpolated = false;
    while (!in.accept(TokenKind.QUOTE)) {
      Token t = in.peek();
      places.add(in.pos(t));
      if (in.accept(TokenKind.STR)) {
        parts.add(new Expr.Str(in.pos(t), t.text()));
      } else if (in.is(TokenKind.DOLLAR_CURLY)) {
        interpolated = true;
        parts.add(interpolation());
      } else {
        throw in.unexpected(TokenKind.QUOTE);
      }
    }
    if (!interpolated) {
      return parts.isEmpty()
          ? new Expr.Str(at, "")
          : new Expr.Str(at, ((Expr.Str) parts.getFirst()).value());
    }
    return new Expr.Concat(places.getFirst(), true, List.copyOf(parts), List.copyOf(places));
  }

  Expr interpolation() {
    in.expect(TokenKind.DOLLAR_CURLY);
    Expr e = parser.expr();
    in.expect(TokenKind.CURLY_CLOSE);
    return e;
  }

  Expr indented(Pos at) {
    List<IndentedString.Part> parts = new ArrayList<>();
    while (!in.accept(TokenKind.IND_CLOSE)) {
      Token t = in.peek();
      if (in.accept(TokenKind.IND_STR)) {
        parts.add(new IndentedString.Text(in.pos(t), t.text(), t.indentation()));
      } else if (in.is(TokenKind.DOLLAR_CURLY)) {
        parts.add(new IndentedString.Interpolation(in.pos(t), interpolation()));
      } else {
        throw in.unexpected(TokenKind.IND_STR, TokenKind.DOLLAR_CURLY, TokenKind.IND_CLOSE);
      }
    }
    return IndentedString.strip(at, parts);
  }

  Expr path(Token first) {
    Pos at = in.pos(first);
    String text = first.text();
    String start;
    if (first.kind() == TokenKind.HOME_PATH) {
      String home = options.home().apply(text);
      options.lints().homePath(options, at, text);
      start = home + text.substring(1);
    } else {
      if (text.startsWith("/")) {
        options.lints().absolutePath(options, at, text);
      } else {
        options.lints().relativePath(options, at, text);
      }
      start = Paths.literal(text, folder);
      if (text.length() > 1 && text.endsWith("/")) {
        start += "/";
      }
    }
    if (in.accept(TokenKind.PATH_END)) {
      return new Expr.PathLiteral(at, start);
    }
    List<Expr> parts = new ArrayList<>();
    List<Pos> places = new ArrayList<>();
    parts.add(new Expr.PathLiteral(at, start));
    places.add(at);
    if (in.is(TokenKind.STR)) {
      // As in a//b: more text has to lead to an interpolation.
      text(parts, places);
      if (!in.is(TokenKind.DOLLAR_CURLY)) {
        throw in.unexpected(TokenKind.DOLLAR_CURLY);
      }
    }
    while (!in.accept(TokenKind.PATH_END)) {
      if (in.is(TokenKind.STR)) {
        text(parts, places);
      } else {
        places.add(in.pos(in.peek()));
        parts.add(interpolation());
      }
    }
    return new Expr.Concat(at, false, List.copyOf(parts), List.copyOf(places));
  }

  private void text(List<Expr> parts, List<Pos> places) {
    Token t = in.take();
    places.add(in.pos(t));
    parts.add(new Expr.Str(in.pos(t), t.text()));
  }
}
