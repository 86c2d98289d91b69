package org.buildchain.daemon.nix.program;

/** JSON with a line for each member, two spaces for each level, as Nix's programs print it. */
public final class IndentedJson {
  private IndentedJson() {}

  /** The same text, which must be JSON without white space, over several lines. */
  public static String of(String json) {
    StringBuilder out = new StringBuilder(json.length() * 2);
    int level = 0;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      switch (c) {
        case '"' -> {
          int end = endOfString(json, i);
          out.append(json, i, end);
          i = end - 1;
        }
        case '{', '[' -> {
          out.append(c);
          if (json.charAt(i + 1) == c + 2) {
            out.append(json.charAt(++i));
          } else {
            line(out, ++level);
          }
        }
        case '}', ']' -> {
          line(out, --level);
          out.append(c);
        }
        case ',' -> {
          out.append(c);
          line(out, level);
        }
        case ':' -> out.append(": ");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static void line(StringBuilder out, int level) {
    out.append('\n').repeat("  ", level);
  }

  private static int endOfString(String json, int start) {
    int i = start + 1;
    while (json.charAt(i) != '"') {
      i += json.charAt(i) == '\\' ? 2 : 1;
    }
    return i + 1;
  }
}
