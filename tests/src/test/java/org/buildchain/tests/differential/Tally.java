package org.buildchain.tests.differential;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.store.format.Octets;

/** Counts how many expressions agree, and keeps the shortest of those that don't. */
final class Tally {
  private static final int KEPT = 3;

  private final KnownDifferences known;
  private final Map<String, List<Comparison.Result>> differences = new TreeMap<>();
  private final Map<String, Integer> sizes = new TreeMap<>();
  private final Map<String, Integer> explained = new TreeMap<>();
  private int values;
  private int failures;
  private int sameMessage;
  private int unexplained;

  Tally(KnownDifferences known) {
    this.known = known;
  }

  synchronized void add(Comparison.Result r) {
    boolean value = r.own().isValue() && r.nix().isValue();
    boolean failure = r.own().isFailure() && r.nix().isFailure();
    boolean same = r.own().text().equals(r.nix().text());
    if (value && same) {
      values++;
    } else if (failure) {
      failures++;
      sameMessage += same ? 1 : 0;
      if (!same) {
        keep("message", r);
      }
    } else {
      Optional<String> reason = known.reason(r);
      if (reason.isPresent()) {
        explained.merge(reason.get(), 1, Integer::sum);
      } else {
        unexplained++;
        keep(value ? "VALUE" : "FAILURE", r);
      }
    }
  }

  private void keep(String kind, Comparison.Result r) {
    String key = kind + " | " + shape(r.own()) + " | " + shape(r.nix());
    List<Comparison.Result> kept = differences.computeIfAbsent(key, k -> new ArrayList<>());
    kept.add(r);
    kept.sort(Comparator.comparingInt(x -> x.expression().length()));
    if (kept.size() > KEPT) {
      kept.removeLast();
    }
    sizes.merge(key, 1, Integer::sum);
  }

  /** A failure's text without what differs from case to case. */
  private static String shape(Outcome o) {
    return o.isValue()
        ? "a value"
        : o.text().lines().findFirst().orElse("").replaceAll("'[^']*'|\"[^\"]*\"|: .*|[0-9]+", "*");
  }

  /** How many expressions were added. */
  int total() {
    return values
        + failures
        + explained.values().stream().mapToInt(Integer::intValue).sum()
        + unexplained;
  }

  /** How many differ in value or failure for no reason that is listed. */
  int unexplained() {
    return unexplained;
  }

  /** The counts and the shortest differences. */
  String report(boolean messages) {
    StringBuilder out = new StringBuilder();
    differences.forEach(
        (key, results) -> {
          if (messages || !key.startsWith("message")) {
            out.append("--- ").append(sizes.get(key)).append(" × ").append(key).append('\n');
            for (Comparison.Result r : results) {
              out.append("  #").append(r.number()).append("  ").append(r.expression()).append('\n');
              out.append("    own: ").append(Octets.toText(r.own().text())).append('\n');
              out.append("    Nix: ").append(Octets.toText(r.nix().text())).append('\n');
            }
          }
        });
    explained.forEach(
        (reason, n) -> out.append(n).append(" differ as listed: ").append(reason).append('\n'));
    out.append(
        "%d have the same value; %d fail on both sides, %d of them with the same message; %d differ as listed; %d differ%n"
            .formatted(
                values,
                failures,
                sameMessage,
                explained.values().stream().mapToInt(Integer::intValue).sum(),
                unexplained));
    return out.toString();
  }
}
