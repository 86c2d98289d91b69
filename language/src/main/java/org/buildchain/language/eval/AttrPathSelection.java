package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.error.Suggestions;
import org.buildchain.language.syntax.Pos;

/**
 * Follows a selection path such as {@code a.b.0} or {@code a."b.c"}. Source: {@code attr-path.cc}.
 */
final class AttrPathSelection {
  private final Evaluator ev;

  AttrPathSelection(Evaluator ev) {
    this.ev = ev;
  }

  Value select(Value root, String path, Attrs autoArgs) {
    Value v = root;
    for (String part : parts(path)) {
      v = ev.autoCall(v, autoArgs);
      int index = index(part);
      v = index < 0 ? attribute(v, part, path) : element(v, index, path);
    }
    return ev.force(v);
  }

  private Value attribute(Value v, String name, String path) {
    if (!(v instanceof Attrs a)) {
      throw EvalException.type(shouldBe(path, "a set", v));
    }
    if (name.isEmpty()) {
      throw EvalException.other("empty attribute name in selection path '" + path + "'");
    }
    Value found = a.get(ev.symbols().of(name));
    if (found == null) {
      List<String> all = new ArrayList<>();
      for (int i = 0; i < a.size(); i++) {
        all.add(a.name(i).name());
      }
      throw new EvalException(
          EvalException.Kind.OTHER,
          Pos.NONE,
          "attribute '" + name + "' in selection path '" + path + "' not found",
          Suggestions.of(all, name));
    }
    return found;
  }

  private static Value element(Value v, int index, String path) {
    if (!(v instanceof Value.List l)) {
      throw EvalException.type(shouldBe(path, "a list", v));
    }
    if (index >= l.size()) {
      throw EvalException.other(
          "list index " + index + " in selection path '" + path + "' is out of range");
    }
    return l.get(index);
  }

  private static String shouldBe(String path, String what, Value v) {
    return "the expression selected by the selection path '"
        + path
        + "' should be "
        + what
        + " but is "
        + v.described();
  }

  private static int index(String part) {
    try {
      return Character.isDigit(part.isEmpty() ? 'x' : part.charAt(0)) ? Integer.parseInt(part) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The names in a path. */
  static List<String> parts(String path) {
    List<String> out = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '.') {
        out.add(part.toString());
        part.setLength(0);
      } else if (c == '"') {
        int close = path.indexOf('"', i + 1);
        if (close < 0) {
          throw EvalException.other("missing closing quote in selection path '" + path + "'");
        }
        part.append(path, i + 1, close);
        i = close;
      } else {
        part.append(c);
      }
    }
    if (!part.isEmpty()) {
      out.add(part.toString());
    }
    return out;
  }
}
