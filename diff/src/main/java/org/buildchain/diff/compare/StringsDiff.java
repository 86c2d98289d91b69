package org.buildchain.diff.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.diff.text.Causes;

/** Two different pieces of bytes with strings among them. */
final class StringsDiff {
  private static final int SHORTEST = 4;
  private static final int LONGEST = 4096;

  /** The most strings whose cause is looked for. */
  private static final int MAX_EXAMINED = 1_000;

  /** Takes what is found. */
  interface Sink {
    void add(DifferenceClass cause, Effect effect, String left, String right);
  }

  private final Sink sink;
  private final DifferenceClass cause;
  private final Effect effect;
  private final Effect explained;
  private int examined;

  /**
   * @param cause the class of what strings don't explain
   * @param effect how far that reaches
   * @param explained how far a string with a known cause reaches
   */
  StringsDiff(Sink sink, DifferenceClass cause, Effect effect, Effect explained) {
    this.sink = sink;
    this.cause = cause;
    this.effect = effect;
    this.explained = explained;
  }

  void compare(Bytes left, Bytes right) {
    if (left.length() == right.length()) {
      inPlace(left, right);
    } else {
      moved(left, right);
    }
  }

  /** Every byte that differs is in a string with a known cause, or is reported as such. */
  private void inPlace(Bytes left, Bytes right) {
    long at = 0;
    while (at < left.length()) {
      int next = left.from(at).mismatch(right.from(at));
      if (next < 0) {
        return;
      }
      long differs = at + next;
      long from = differs;
      while (from > at
          && differs - from < LONGEST
          && isPrintable(left.u8(from - 1))
          && isPrintable(right.u8(from - 1))) {
        from--;
      }
      long leftEnd = end(left, differs);
      long rightEnd = end(right, differs);
      String l = left.slice(from, leftEnd - from).octets();
      String r = right.slice(from, rightEnd - from).octets();
      Set<DifferenceClass> causes = leftEnd == rightEnd ? causes(l, r) : Set.of();
      if (causes.isEmpty()) {
        sink.add(cause, effect, around(left, differs), around(right, differs));
        if (++examined > MAX_EXAMINED) {
          return;
        }
      }
      causes.forEach(c -> sink.add(c, explained, l, r));
      at = Math.max(Math.max(leftEnd, rightEnd), differs + 1);
    }
  }

  /** Strings may explain it, but what else has moved is not known. */
  private void moved(Bytes left, Bytes right) {
    List<String> l = strings(left);
    List<String> r = strings(right);
    List<String> gone = without(l, r);
    List<String> come = without(r, l);
    boolean all = gone.size() == come.size() && !gone.isEmpty();
    for (int i = 0; i < Math.min(gone.size(), come.size()); i++) {
      Set<DifferenceClass> causes = causes(gone.get(i), come.get(i));
      String a = gone.get(i);
      String b = come.get(i);
      causes.forEach(c -> sink.add(c, effect, a, b));
      all &= !causes.isEmpty();
    }
    if (!all || effect != Effect.NONE) {
      sink.add(cause, effect, "", "");
    }
  }

  private Set<DifferenceClass> causes(String left, String right) {
    return ++examined > MAX_EXAMINED || left.length() < SHORTEST
        ? Set.of()
        : Causes.of(left, right);
  }

  private static long end(Bytes in, long from) {
    long end = from;
    while (end < in.length() && end - from < LONGEST && isPrintable(in.u8(end))) {
      end++;
    }
    return end;
  }

  private static String around(Bytes in, long at) {
    return in.from(Math.max(0, at - 8)).start();
  }

  private static List<String> strings(Bytes in) {
    List<String> found = new ArrayList<>();
    long at = 0;
    while (at < in.length() && found.size() < MAX_EXAMINED * 100) {
      long end = end(in, at);
      if (end - at >= SHORTEST) {
        found.add(in.slice(at, end - at).octets());
      }
      at = Math.max(end, at + 1);
    }
    return found;
  }

  private static List<String> without(List<String> strings, List<String> others) {
    Map<String, Integer> there = new HashMap<>();
    others.forEach(s -> there.merge(s, 1, Integer::sum));
    List<String> rest = new ArrayList<>();
    for (String s : strings) {
      if (there.merge(s, -1, Integer::sum) < 0) {
        rest.add(s);
      }
    }
    return rest;
  }

  private static boolean isPrintable(int b) {
    return (b >= 0x20 && b < 0x7f) || b == '\t' || b == '\n';
  }
}
