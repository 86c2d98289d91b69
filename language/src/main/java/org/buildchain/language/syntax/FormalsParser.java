package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads {@code { a, b ? c, ... }} and the functions that begin with it. */
final class FormalsParser {
  private final TokenCursor in;
  private final Parser parser;
  private final Consumer<String> names;

  FormalsParser(TokenCursor in, Parser parser, Consumer<String> names) {
    this.in = in;
    this.parser = parser;
    this.names = names;
  }

  boolean starts() {
    return switch (in.kind(1)) {
      case ELLIPSIS -> true;
      case CURLY_CLOSE -> in.kind(2) == TokenKind.COLON || in.kind(2) == TokenKind.AT;
      case ID ->
          in.kind(2) == TokenKind.COMMA
              || in.kind(2) == TokenKind.QUESTION
              || in.kind(2) == TokenKind.CURLY_CLOSE;
      default -> false;
    };
  }

  Expr function(Pos at) {
    Expr.Formals f = formals(at, Optional.empty());
    Optional<String> argument = Optional.empty();
    if (in.accept(TokenKind.AT)) {
      String name = in.expect(TokenKind.ID).text();
      argument = Optional.of(name);
      if (f.has(name)) {
        throw duplicateFormal(at, name);
      }
    }
    if (!in.is(TokenKind.COLON)) {
      throw argument.isPresent()
          ? in.unexpected(TokenKind.COLON)
          : in.unexpected(TokenKind.COLON, TokenKind.AT);
    }
    in.skip(1);
    Expr body = parser.expr();
    argument.ifPresent(names);
    return new Expr.Lambda(at, argument, Optional.of(f), body);
  }

  Expr.Formals formals(Pos at, Optional<String> argument) {
    in.expect(TokenKind.CURLY_OPEN);
    List<Expr.Formal> list = new ArrayList<>();
    boolean ellipsis = false;
    while (!in.is(TokenKind.CURLY_CLOSE)) {
      if (in.accept(TokenKind.ELLIPSIS)) {
        ellipsis = true;
        break;
      }
      if (!in.is(TokenKind.ID)) {
        throw list.isEmpty()
            ? in.unexpected(TokenKind.ID, TokenKind.ELLIPSIS, TokenKind.CURLY_CLOSE)
            : in.unexpected(TokenKind.ID, TokenKind.ELLIPSIS, TokenKind.CURLY_CLOSE);
      }
      Token name = in.take();
      Optional<Expr> fallback = Optional.empty();
      if (in.accept(TokenKind.QUESTION)) {
        fallback = Optional.of(parser.expr());
      }
      names.accept(name.text());
      list.add(new Expr.Formal(in.pos(name), name.text(), fallback));
      if (!in.accept(TokenKind.COMMA)) {
        if (!in.is(TokenKind.CURLY_CLOSE)) {
          throw in.unexpected(TokenKind.CURLY_CLOSE, TokenKind.COMMA);
        }
        break;
      }
    }
    in.expect(TokenKind.CURLY_CLOSE);
    checkFormals(list);
    Expr.Formals f = new Expr.Formals(List.copyOf(list), ellipsis);
    argument
        .filter(f::has)
        .ifPresent(
            a -> {
              throw duplicateFormal(at, a);
            });
    return f;
  }

  private void checkFormals(List<Expr.Formal> list) {
    Map<String, Pos> seen = new HashMap<>();
    for (Expr.Formal f : list) {
      if (seen.put(f.name(), f.pos()) != null) {
        throw duplicateFormal(f.pos(), f.name());
      }
    }
  }

  private static ParseException duplicateFormal(Pos at, String name) {
    return new ParseException(at, "duplicate formal function argument '" + name + "'");
  }
}
