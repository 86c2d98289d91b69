package org.buildchain.language;

/**
 * What a text may do to a terminal. Expressions, builders and servers write texts; none of them may
 * move the cursor or change a title. Source: ECMA-48, section 5.4 (control sequences); that tabs
 * become spaces and carriage returns vanish is Nix's way.
 */
public final class ControlSequences {
  private static final char ESCAPE = '\033';
  private static final int TAB = 8;

  private ControlSequences() {}

  /**
   * The octets of a text without control sequences.
   *
   * @param colours whether those stay that choose colours and weights
   */
  public static String filter(String text, boolean colours) {
    if (text.indexOf(ESCAPE) < 0
        && text.indexOf('\t') < 0
        && text.indexOf('\r') < 0
        && text.indexOf('\007') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      if (c == ESCAPE) {
        int end = end(text, i);
        if (colours && text.startsWith("[", i + 1) && text.charAt(end - 1) == 'm') {
          out.append(text, i, end);
        }
        i = end;
        continue;
      }
      if (c == '\t') {
        do {
          out.append(' ');
        } while (++column % TAB != 0);
      } else if (c != '\r' && c != '\007') {
        out.append(c);
        // Neither does a newline begin anew, nor take room the rest of a character in UTF-8.
        column += c < ' ' || (c & 0xc0) == 0x80 ? 0 : 1;
      }
      i++;
    }
    return out.toString();
  }

  /** Where the sequence ends that begins at {@code start}. */
  private static int end(String text, int start) {
    int i = start + 1;
    if (i == text.length()) {
      return i;
    }
    if (text.charAt(i) == '[') {
      i = skip(text, skip(text, i + 1, 0x30, 0x3f), 0x20, 0x2f);
      return i < text.length() && within(text.charAt(i), 0x40, 0x7e) ? i + 1 : i;
    }
    if (text.charAt(i) == ']') {
      int bell = text.indexOf('\007', i);
      int escape = text.indexOf(ESCAPE, i);
      if (bell >= 0 && (escape < 0 || bell < escape)) {
        return bell + 1;
      }
      return escape < 0 ? text.length() : Math.min(escape + 2, text.length());
    }
    return within(text.charAt(i), 0x40, 0x5f) ? i + 1 : i;
  }

  private static int skip(String text, int from, int low, int high) {
    int i = from;
    while (i < text.length() && within(text.charAt(i), low, high)) {
      i++;
    }
    return i;
  }

  private static boolean within(char c, int low, int high) {
    return c >= low && c <= high;
  }
}
