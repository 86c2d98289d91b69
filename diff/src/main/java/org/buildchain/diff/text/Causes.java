package org.buildchain.diff.text;

import com.google.re2j.Matcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.diff.report.DifferenceClass;

/**
 * Finds why two lines differ: what is known to vary between builds is taken out of both, and a
 * cause is found when nothing else is left. A cause found is a guess about where a text comes from,
 * never a proof that nobody acts by it.
 */
public final class Causes {
  /** Longer texts are not looked at. */
  public static final int MAX_LENGTH = 1 << 16;

  /** No octet. */
  private static final String TAKEN_OUT = "\u0100";

  private Causes() {}

  private record Taken(String rest, List<String> parts) {}

  /**
   * Why two different texts differ; empty if no cause explains all of it.
   *
   * @param left an octet string, as {@code right}
   */
  public static Set<DifferenceClass> of(String left, String right) {
    if (left.length() > MAX_LENGTH || right.length() > MAX_LENGTH) {
      return Set.of();
    }
    Set<DifferenceClass> causes = new LinkedHashSet<>();
    // First, for what is left of a zone looks like a time of day.
    Taken leftZone = take(Kind.ZONE, left);
    Taken rightZone = take(Kind.ZONE, right);
    if (!leftZone.parts().equals(rightZone.parts())) {
      causes.add(Kind.ZONE.cause());
    }
    String l = leftZone.rest();
    String r = rightZone.rest();
    for (Kind kind : Kind.ALL) {
      if (take(kind, l).rest().equals(take(kind, r).rest())) {
        if (!l.equals(r)) {
          causes.add(kind.cause());
        }
        return causes;
      }
    }
    for (Kind kind : Kind.ALL) {
      Taken a = take(kind, l);
      Taken b = take(kind, r);
      if (!a.parts().equals(b.parts())) {
        causes.add(kind.cause());
      }
      l = a.rest();
      r = b.rest();
      if (l.equals(r)) {
        return causes;
      }
    }
    if (sameWords(left, right)) {
      return Set.of(DifferenceClass.ENTRY_ORDER);
    }
    if (sameWords(l, r)) {
      causes.add(DifferenceClass.ENTRY_ORDER);
      return causes;
    }
    return Set.of();
  }

  private static Taken take(Kind kind, String text) {
    Matcher m = kind.pattern().matcher(text);
    StringBuilder rest = new StringBuilder(text.length());
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (m.find()) {
      if (m.end() > m.start() && kind.also().test(m.group())) {
        rest.append(text, at, m.start()).append(TAKEN_OUT).append(kind.kept().apply(m.group()));
        parts.add(m.group());
        at = m.end();
      }
    }
    return new Taken(rest.append(text, at, text.length()).toString(), parts);
  }

  /** The same words in another order: a set that was printed as it came. */
  private static boolean sameWords(String left, String right) {
    return words(left)
        .filter(l -> words(right).filter(r -> Arrays.equals(l, r)).isPresent())
        .isPresent();
  }

  private static Optional<String[]> words(String text) {
    String[] words = text.trim().split("[\\s,;:{}()\\[\\]]+");
    if (words.length < 2) {
      return Optional.empty();
    }
    Arrays.sort(words);
    return Optional.of(words);
  }
}
