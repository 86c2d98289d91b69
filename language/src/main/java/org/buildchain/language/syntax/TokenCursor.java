package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a source, one after the other. A fault that the lexer found is thrown when met.
 * Only those around the current place are kept: a hostile file has a token in each byte.
 */
final class TokenCursor {
  private static final int KEPT = 1024;

  private final Source source;
  private final List<Token> tokens = new ArrayList<>();
  private final Lexer lexer;
  private boolean more = true;

  /** The one that was asked for last. */
  private Pos place = Pos.NONE;

  private int next;

  /** The one at the current place, once it was asked for. */
  private Token current;

  TokenCursor(Source source, boolean pipes) {
    this.source = source;
    this.lexer = new Lexer(source.text(), pipes, tokens);
  }

  /** Makes sure that the token so far ahead is there, if there is one. */
  private void look(int ahead) {
    if (next > KEPT) {
      // The one before the current place is still asked for.
      tokens.subList(0, next - 1).clear();
      next = 1;
    }
    while (more && tokens.size() <= next + ahead) {
      more = lexer.step();
    }
  }

  Token peek() {
    if (current == null) {
      look(0);
      Token t = tokens.get(next);
      if (t.kind() == TokenKind.FAULT) {
        throw new ParseException(new Pos(source, t.start()), t.text());
      }
      current = t;
    }
    return current;
  }

  TokenKind kind(int ahead) {
    look(ahead);
    int k = next + ahead;
    return k < tokens.size() ? tokens.get(k).kind() : TokenKind.END;
  }

  boolean is(TokenKind kind) {
    return peek().kind() == kind;
  }

  Token take() {
    Token t = peek();
    skip(1);
    return t;
  }

  boolean accept(TokenKind kind) {
    if (is(kind)) {
      skip(1);
      return true;
    }
    return false;
  }

  Pos pos(Token t) {
    // Each rule that begins at a token asks for its place.
    if (place.offset() != t.start()) {
      place = new Pos(source, t.start());
    }
    return place;
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
    current = null;
  }

  /** The text from a place up to the end of the token before this one. */
  String textFrom(Pos start) {
    return source.text().substring(start.offset(), tokens.get(next - 1).end());
  }
}
