package org.buildchain.language.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Names like the one that was not found: Levenshtein distance at most 2 from it, nearest first, at
 * most five, as in Nix's {@code Suggestions::bestMatches} and {@code trim}.
 */
public final class Suggestions {
  private static final int MAX_DISTANCE = 2;
  private static final int MAX_COUNT = 5;

  private record Scored(int distance, String name) {}

  private final TreeSet<Scored> all =
      new TreeSet<>(Comparator.comparingInt(Scored::distance).thenComparing(Scored::name));

  /** Those of one search. */
  public static List<String> of(Collection<String> known, String wanted) {
    Suggestions some = new Suggestions();
    some.add(known, wanted);
    return some.best();
  }

  /** Looks among the names of one place. */
  public void add(Collection<String> known, String wanted) {
    for (String k : known) {
      if (Math.abs(k.length() - wanted.length()) <= MAX_DISTANCE) {
        int d = distance(k, wanted);
        if (d <= MAX_DISTANCE) {
          all.add(new Scored(d, k));
        }
      }
    }
  }

  /** The best of all places. */
  public List<String> best() {
    return all.stream().limit(MAX_COUNT).map(Scored::name).toList();
  }

  /** {@code Did you mean one of a, b or c?}, or empty. */
  public static String sentence(List<String> names) {
    return switch (names.size()) {
      case 0 -> "";
      case 1 -> "Did you mean " + names.getFirst() + "?";
      default ->
          "Did you mean one of "
              + String.join(", ", names.subList(0, names.size() - 1))
              + " or "
              + names.getLast()
              + "?";
    };
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
