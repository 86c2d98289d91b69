package org.buildchain.language.print;

import org.buildchain.language.error.EvalException;

/** Strings as JSON has them. Source: RFC 8259, section 7. */
public final class JsonText {
  private JsonText() {}

  /**
   * Appends a string in quotes.
   *
   * @param s an octet string
   * @throws EvalException if it is not UTF-8
   */
  public static void string(StringBuilder out, String s) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else if (c < 0x80) {
            out.append(c);
          } else {
            int length = Utf8.sequence(s, i);
            if (length == 0) {
              throw EvalException.other(
                  "JSON serialization error: [json.exception.type_error.316] " + fault(s, i));
            }
            out.append(s, i, i + length);
            i += length - 1;
          }
        }
      }
    }
    out.append('"');
  }

  /** Names the byte that ends what is well-formed so far, as Nix does. */
  private static String fault(String s, int start) {
    int i = start + Utf8.wellFormed(s, start);
    return i == s.length()
        ? String.format("incomplete UTF-8 string; last byte: 0x%02X", (int) s.charAt(i - 1))
        : String.format("invalid UTF-8 byte at index %d: 0x%02X", i, (int) s.charAt(i));
  }
}
