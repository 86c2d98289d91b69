package org.buildchain.language.syntax;

import java.util.Set;
import org.buildchain.store.format.Octets;

/** How strings and names are written as Nix literals. */
public final class Literals {
  private static final String OPEN = Octets.fromText("«");
  private static final String CLOSE = Octets.fromText("»");

  private static final Set<String> KEYWORDS =
      Set.of("if", "then", "else", "assert", "with", "let", "in", "rec", "inherit");

  private Literals() {}

  /** {@code «text»}, as an octet string: what stands for something that has no literal. */
  public static String marked(String text) {
    return OPEN + text + CLOSE;
  }

  /** Appends {@code s} in double quotes, escaped so that it reads back the same. */
  public static void quote(String s, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '$' -> out.append(i + 1 < s.length() && s.charAt(i + 1) == '{' ? "\\$" : "$");
        default -> out.append(c);
      }
    }
    out.append('"');
  }

  /** {@code s} in double quotes. */
  public static String quoted(String s) {
    StringBuilder b = new StringBuilder();
    quote(s, b);
    return b.toString();
  }

  /** {@code name} as it stands left of {@code =}: bare if it can, else quoted. */
  public static String name(String name) {
    if (name.isEmpty() || KEYWORDS.contains(name) || !Chars.isIdStart(name.charAt(0))) {
      return quoted(name);
    }
    for (int i = 1; i < name.length(); i++) {
      if (!Chars.isIdPart(name.charAt(i))) {
        return quoted(name);
      }
    }
    return name;
  }
}
