package org.buildchain.diff.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects differences in bounded memory; those alike in one place become one with a count. */
public final class ReportBuilder {
  private static final int EXCERPT = 160;
  private static final int MAX_NAME = 1024;

  private final List<Difference> listed = new ArrayList<>();
  private final Map<Key, Integer> places = new HashMap<>();
  private final Map<DifferenceClass, Long> classes = new EnumMap<>(DifferenceClass.class);
  private Effect effect = Effect.NONE;
  private long count;
  private long omitted;

  private record Key(String path, List<String> place, DifferenceClass cause, Effect effect) {}

  /** Adds one; {@code left} and {@code right} are octets of any kind and length. */
  public void add(
      String path,
      List<String> place,
      DifferenceClass cause,
      Effect reaches,
      String detail,
      String left,
      String right) {
    count++;
    classes.merge(cause, 1L, Long::sum);
    effect = effect.or(reaches);
    Key key = new Key(path, place.stream().map(ReportBuilder::clipped).toList(), cause, reaches);
    Integer at = places.get(key);
    if (at != null) {
      listed.set(at, listed.get(at).again());
    } else if (listed.size() < Report.MAX_DIFFERENCES) {
      places.put(key, listed.size());
      listed.add(
          new Difference(
              path, key.place(), cause, reaches, detail, excerpt(left), excerpt(right), 1));
    } else {
      omitted++;
    }
  }

  /** How many were added. */
  public long count() {
    return count;
  }

  /** All that was added. */
  public Report build() {
    return new Report(listed, classes, effect, omitted);
  }

  /** Names in archives have any length. */
  private static String clipped(String name) {
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "...";
  }

  private static String excerpt(String octets) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < octets.length() && s.length() < EXCERPT - 6; i++) {
      char c = octets.charAt(i);
      if (c == '\\') {
        s.append("\\\\");
      } else if (c >= 0x20 && c < 0x7f) {
        s.append(c);
      } else {
        s.append("\\x")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      }
      if (s.length() >= EXCERPT - 6 && i + 1 < octets.length()) {
        s.append("...");
      }
    }
    return s.toString();
  }
}
