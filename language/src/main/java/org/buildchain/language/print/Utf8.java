package org.buildchain.language.print;

/** Well-formed UTF-8 in octet strings. Source: Unicode 15, table 3-7. */
final class Utf8 {
  private Utf8() {}

  /** The length of the well-formed sequence at {@code i}, or 0 if there is none. */
  static int sequence(String s, int i) {
    int length = length(s.charAt(i));
    return length > 0 && wellFormed(s, i) == length ? length : 0;
  }

  /** How many of the bytes at {@code i} begin a well-formed sequence, or are one. */
  static int wellFormed(String s, int i) {
    int c = s.charAt(i);
    int length = length(c);
    if (length == 0) {
      return 0;
    }
    int end = Math.min(s.length(), i + length);
    int low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    int high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    int k = i + 1;
    while (k < end && s.charAt(k) >= low && s.charAt(k) <= high) {
      low = 0x80;
      high = 0xbf;
      k++;
    }
    return k - i;
  }

  /** How long a sequence is that begins with this byte; 0 if none does. */
  private static int length(int c) {
    if (c < 0x80) {
      return 1;
    }
    if (c < 0xc2 || c > 0xf4) {
      return 0;
    }
    return c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
  }
}
