package org.buildchain.language.flake;

import java.util.List;
import java.util.Map;
import org.buildchain.language.print.JsonText;

/** Maps, lists, strings, numbers and truth values as JSON, to the last byte as Nix writes them. */
final class FlakeJson {
  private final StringBuilder out = new StringBuilder();
  private final boolean indented;

  private FlakeJson(boolean indented) {
    this.indented = indented;
  }

  /** A line for each member, two spaces for each level; without the last line's end. */
  static String indented(Object value) {
    FlakeJson json = new FlakeJson(true);
    json.value(value, 0);
    return json.out.toString();
  }

  /** Without white space. */
  static String compact(Object value) {
    FlakeJson json = new FlakeJson(false);
    json.value(value, 0);
    return json.out.toString();
  }

  private void value(Object value, int level) {
    switch (value) {
      case Map<?, ?> m when m.isEmpty() -> out.append("{}");
      case List<?> l when l.isEmpty() -> out.append("[]");
      case Map<?, ?> m -> {
        String before = "{";
        for (Map.Entry<?, ?> e : m.entrySet()) {
          line(before, level + 1);
          JsonText.string(out, e.getKey().toString());
          out.append(indented ? ": " : ":");
          value(e.getValue(), level + 1);
          before = ",";
        }
        line("", level);
        out.append('}');
      }
      case List<?> l -> {
        String before = "[";
        for (Object e : l) {
          line(before, level + 1);
          value(e, level + 1);
          before = ",";
        }
        line("", level);
        out.append(']');
      }
      case String s -> JsonText.string(out, s);
      default -> out.append(value);
    }
  }

  private void line(String before, int level) {
    out.append(before);
    if (indented) {
      out.append('\n').repeat("  ", level);
    }
  }
}
