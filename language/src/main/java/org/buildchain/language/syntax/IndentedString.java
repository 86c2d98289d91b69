package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.store.format.Octets;

/**
 * Takes the common indentation out of {@code ''…''}. Source: Nix manual, "String literal", indented
 * strings; {@code stripIndentation} in {@code parser-state.hh}.
 */
final class IndentedString {
  /** A piece of the literal. */
  sealed interface Part {}

  /** Literal text; escapes are parts of their own, without indentation. */
  record Text(Pos pos, String text, boolean indentation) implements Part {}

  /** {@code ${…}}. */
  record Interpolation(Pos pos, Expr expr) implements Part {}

  private boolean atLineStart = true;
  private int dropped;

  private IndentedString() {}

  static Expr strip(Pos pos, List<Part> parts) {
    int indent = minimumIndent(parts);
    IndentedString state = new IndentedString();
    List<Expr> out = new ArrayList<>();
    List<Pos> places = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      switch (parts.get(i)) {
        case Interpolation p -> {
          state.atLineStart = false;
          state.dropped = 0;
          out.add(p.expr());
          places.add(p.pos());
        }
        case Text t -> {
          String s = state.trim(t.text(), indent);
          if (i == parts.size() - 1) {
            s = withoutBlankLastLine(s);
          }
          if (!s.isEmpty()) {
            out.add(new Expr.Str(t.pos(), s));
            places.add(t.pos());
          }
        }
      }
    }
    if (out.isEmpty()) {
      return new Expr.Str(pos, "");
    }
    if (out.size() == 1 && out.getFirst() instanceof Expr.Str s) {
      return s;
    }
    return new Expr.Concat(pos, true, List.copyOf(out), List.copyOf(places));
  }

  private static int minimumIndent(List<Part> parts) {
    boolean lineStart = true;
    int minimum = 1_000_000;
    int current = 0;
    for (Part p : parts) {
      if (!(p instanceof Text t) || !t.indentation()) {
        if (lineStart) {
          lineStart = false;
          minimum = Math.min(minimum, current);
        }
        continue;
      }
      for (byte c : Octets.bytes(t.text())) {
        if (lineStart) {
          if (c == ' ') {
            current++;
          } else if (c == '\n') {
            current = 0;
          } else {
            lineStart = false;
            minimum = Math.min(minimum, current);
          }
        } else if (c == '\n') {
          lineStart = true;
          current = 0;
        }
      }
    }
    return minimum;
  }

  private String trim(String s, int indent) {
    byte[] bytes = Octets.bytes(s);
    int kept = 0;
    for (byte c : bytes) {
      if (atLineStart && c == ' ') {
        if (dropped++ < indent) {
          continue;
        }
      } else if (atLineStart) {
        dropped = 0;
        atLineStart = c == '\n';
      } else if (c == '\n') {
        atLineStart = true;
      }
      bytes[kept++] = c;
    }
    return Octets.of(bytes, 0, kept);
  }

  private static String withoutBlankLastLine(String s) {
    int p = s.lastIndexOf('\n');
    if (p < 0) {
      return s;
    }
    for (int j = p + 1; j < s.length(); j++) {
      if (s.charAt(j) != ' ') {
        return s;
      }
    }
    return s.substring(0, p + 1);
  }
}
