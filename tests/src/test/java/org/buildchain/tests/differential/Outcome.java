package org.buildchain.tests.differential;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression came to.
 *
 * @param kind how it ended
 * @param text the printed value, or the line of the error that says what went wrong; an octet
 *     string
 */
record Outcome(Kind kind, String text) {
  enum Kind {
    VALUE,
    FAILURE,
    /** Ended in a way in which no evaluation should. */
    CRASH
  }

  private static final Pattern ERROR = Pattern.compile("(?m)^ *error:(.*)$");

  static Outcome value(String printed) {
    return new Outcome(Kind.VALUE, printed);
  }

  /** A failure, from what was written to standard error: its last line that begins an error. */
  static Outcome failure(String err) {
    Matcher m = ERROR.matcher(err);
    String found = "";
    while (m.find()) {
      found = m.group(1).strip().replaceAll("\\s+", " ");
    }
    return new Outcome(Kind.FAILURE, found);
  }

  boolean isValue() {
    return kind == Kind.VALUE;
  }

  boolean isFailure() {
    return kind == Kind.FAILURE;
  }

  @Override
  public String toString() {
    return kind + " " + text;
  }
}
