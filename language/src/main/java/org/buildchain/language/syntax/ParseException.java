package org.buildchain.language.syntax;

/** A text that is not an expression. The message is Nix's, without position. */
public final class ParseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Pos pos;

  public ParseException(Pos pos, String message) {
    super(message);
    this.pos = pos;
  }

  /** Where the text stopped making sense. */
  public Pos pos() {
    return pos;
  }
}
