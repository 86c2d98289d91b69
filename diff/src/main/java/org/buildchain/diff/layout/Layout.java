package org.buildchain.diff.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.buildchain.diff.report.Effect;

/**
 * A file as its format has it. Every byte is in a piece, or follows from the pieces and the order
 * of the entries, which the reader has checked: two files with the same entries are the same file.
 *
 * @param entries their names are different
 * @param order how far another order of the same entries reaches
 */
public record Layout(List<Entry> entries, Effect order) {
  /** The most entries of a file. */
  public static final int MAX_ENTRIES = 100_000;

  /**
   * A part with a name: a member of an archive, a section.
   *
   * @param name an octet string
   */
  public record Entry(String name, List<Piece> pieces) {}

  /** A layout; the second entry of a name becomes {@code name#2}, and so on. */
  public static Layout of(List<Entry> entries, Effect order) {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> taken = new HashSet<>();
    List<Entry> named = new ArrayList<>(entries.size());
    for (Entry e : entries) {
      String name = e.name();
      while (!taken.add(name)) {
        name = e.name() + "#" + seen.merge(e.name(), 2, (n, _) -> n + 1);
      }
      named.add(new Entry(name, List.copyOf(e.pieces())));
    }
    return new Layout(List.copyOf(named), order);
  }
}
