package org.buildchain.language.syntax;

/**
 * A token.
 *
 * @param start the offset of its first byte
 * @param end the offset after its last byte
 * @param text identifier, unescaped string part, digits or path; for {@link TokenKind#FAULT} the
 *     message
 * @param indentation for {@link TokenKind#IND_STR}: whether spaces in it count as indentation
 */
record Token(TokenKind kind, int start, int end, String text, boolean indentation) {
  Token(TokenKind kind, int start, int end, String text) {
    this(kind, start, end, text, false);
  }

  Token(TokenKind kind, int start, int end) {
    this(kind, start, end, "", false);
  }
}
