package org.buildchain.language.regex;

/** A regular expression that is none, or that is too large. */
public final class RegexSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean tooLarge;

  RegexSyntaxException(boolean tooLarge) {
    super(tooLarge ? "too many states" : "invalid", null, false, false);
    this.tooLarge = tooLarge;
  }

  /** Whether it is valid but has more states than {@link Regex#MAX_STATES}. */
  public boolean isTooLarge() {
    return tooLarge;
  }
}
