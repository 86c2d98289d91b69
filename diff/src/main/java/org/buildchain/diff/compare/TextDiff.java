package org.buildchain.diff.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.diff.text.Causes;
import org.buildchain.diff.text.TextLines;

/** Two texts, line by line. None of their differences is harmless: a cause is a guess. */
final class TextDiff {
  /** The most lines whose cause is looked for. */
  private static final int MAX_EXAMINED = 5_000;

  /** Takes what is found. */
  interface Sink {
    void add(DifferenceClass cause, Effect effect, String detail, String left, String right);
  }

  private final Sink sink;
  private final boolean code;

  /**
   * @param code whether the text decides what is run
   */
  TextDiff(Sink sink, boolean code) {
    this.sink = sink;
    this.code = code;
  }

  void compare(Bytes left, Bytes right) {
    Optional<List<String>> l = TextLines.of(left);
    Optional<List<String>> r = TextLines.of(right);
    if (l.isEmpty() || r.isEmpty()) {
      sink.add(DifferenceClass.UNKNOWN, Effect.CODE, "too many lines to compare", "", "");
    } else if (TextLines.sameInAnyOrder(l.get(), r.get())) {
      sink.add(DifferenceClass.ENTRY_ORDER, explained(), "the same lines in another order", "", "");
    } else {
      lines(l.get(), r.get());
    }
  }

  private void lines(List<String> left, List<String> right) {
    int examined = 0;
    List<String> l = left;
    List<String> r = right;
    if (l.size() != r.size()) {
      l = without(left, right);
      r = without(right, left);
    }
    for (int i = 0; i < Math.max(l.size(), r.size()); i++) {
      String a = i < l.size() ? l.get(i) : "";
      String b = i < r.size() ? r.get(i) : "";
      if (a.equals(b)) {
        continue;
      }
      if (++examined > MAX_EXAMINED) {
        sink.add(DifferenceClass.UNKNOWN, Effect.CODE, "there are more lines", a, b);
        return;
      }
      line(a, b);
    }
  }

  private void line(String left, String right) {
    Set<DifferenceClass> causes = Causes.of(left, right);
    if (causes.isEmpty()) {
      sink.add(
          code ? DifferenceClass.CODE : DifferenceClass.UNKNOWN,
          Effect.CODE,
          "",
          shown(left, right),
          shown(right, left));
    }
    causes.forEach(c -> sink.add(c, explained(), "", shown(left, right), shown(right, left)));
  }

  /** Without the line feed that the other line has as well. */
  private static String shown(String line, String other) {
    return line.endsWith("\n") && other.endsWith("\n")
        ? line.substring(0, line.length() - 1)
        : line;
  }

  private Effect explained() {
    return code ? Effect.CODE : Effect.DATA;
  }

  /** The lines of {@code text} that {@code other} has not, each as often as it lacks them. */
  private static List<String> without(List<String> text, List<String> other) {
    Map<String, Integer> there = new HashMap<>();
    other.forEach(line -> there.merge(line, 1, Integer::sum));
    List<String> rest = new ArrayList<>();
    for (String line : text) {
      if (there.merge(line, -1, Integer::sum) < 0) {
        rest.add(line);
      }
    }
    return rest;
  }
}
