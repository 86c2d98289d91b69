package org.buildchain.language.eval;

/** Well-formed UTF-8 in octet strings. Source: Unicode 15, table 3-7. */
final class Utf8 {
  private Utf8() {}

  /** The length of the well-formed sequence at {@code i}, or 0 if there is none. */
  static int sequence(String s, int i) {
    int c = s.charAt(i);
    if (c < 0x80) {
      return 1;
    }
    if (c < 0xc2 || c > 0xf4) {
      return 0;
    }
    int length = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (i + length > s.length()) {
      return 0;
    }
    int second = s.charAt(i + 1);
    int low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    int high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int k = 2; k < length; k++) {
      int x = s.charAt(i + k);
      if (x < 0x80 || x > 0xbf) {
        return 0;
      }
    }
    return length;
  }
}
