package org.buildchain.diff.archive;

import org.buildchain.diff.layout.Bytes;
import org.buildchain.store.format.FormatException;

/** Numbers written as text in fields of a fixed width. */
final class Numbers {
  private Numbers() {}

  /**
   * The number in a field of digits, with spaces or NULs (and nothing else) around it; 0 if there
   * are no digits.
   */
  static long of(String what, Bytes field, int base) {
    String text = field.octets();
    int at = 0;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    long value = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) < '0' + base) {
      value = value * base + text.charAt(at) - '0';
      if (value > Long.MAX_VALUE / 16) {
        throw new FormatException(what, "the number is too large");
      }
      at++;
    }
    while (at < text.length()) {
      if (text.charAt(at) != ' ' && text.charAt(at) != 0) {
        throw new FormatException(what, "expected digits of base " + base);
      }
      at++;
    }
    return value;
  }
}
