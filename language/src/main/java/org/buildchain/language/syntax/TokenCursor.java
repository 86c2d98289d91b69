package org.buildchain.language.syntax;

import java.util.List;

/** The tokens of a source, one after the other. A fault that the lexer found is thrown when met. */
final class TokenCursor {
  private final Source source;
  private final List<Token> tokens;
  private int next;

  TokenCursor(Source source, boolean pipes) {
    this.source = source;
    this.tokens = Lexer.tokens(source.text(), pipes);
  }

  Token peek() {
    Token t = tokens.get(next);
    if (t.kind() == TokenKind.FAULT) {
      throw new ParseException(new Pos(source, t.start()), t.text());
    }
    return t;
  }

  TokenKind kind(int ahead) {
    int k = next + ahead;
    return k < tokens.size() ? tokens.get(k).kind() : TokenKind.END;
  }

  boolean is(TokenKind kind) {
    return peek().kind() == kind;
  }

  Token take() {
    Token t = peek();
    next++;
    return t;
  }

  boolean accept(TokenKind kind) {
    if (is(kind)) {
      next++;
      return true;
    }
    return false;
  }

  Pos pos(Token t) {
    return new Pos(source, t.start());
  }

  Token expect(TokenKind kind) {
    if (!is(kind)) {
      throw unexpected(kind);
    }
    return take();
  }

  ParseException unexpected(TokenKind... expected) {
    Token t = peek();
    String shown = t.kind() == TokenKind.OTHER ? "invalid token" : t.kind().shown();
    StringBuilder m = new StringBuilder("syntax error, unexpected ").append(shown);
    for (int i = 0; i < expected.length; i++) {
      m.append(i == 0 ? ", expecting " : " or ").append(expected[i].shown());
    }
    return new ParseException(pos(t), m.toString());
  }

  void skip(int count) {
    next += count;
  }

  /** The text from a place up to the end of the token before this one. */
  String textFrom(Pos start) {
    return source.text().substring(start.offset(), tokens.get(next - 1).end());
  }
}
