package org.buildchain.language.eval;

/**
 * A string: bytes as an octet string, and the context, which says what store objects it refers to.
 */
public record Str(String value, Context context) implements Value {
  /** The empty string without context. */
  public static final Str EMPTY = new Str("", Context.EMPTY);

  /** A string without context. */
  public Str(String value) {
    this(value, Context.EMPTY);
  }

  @Override
  public String described() {
    return context.isEmpty() ? "a string" : "a string with context";
  }
}
