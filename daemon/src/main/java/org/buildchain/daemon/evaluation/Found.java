package org.buildchain.daemon.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.buildchain.store.path.StorePath;

/**
 * A derivation that an expression gave.
 *
 * @param attribute the path by which it was reached, empty for the expression itself
 * @param output the output that it stands for, {@code out} unless the expression picked another
 */
public record Found(String attribute, StorePath drvPath, String output) {
  private static final int WORDS = 3;

  /** All of them in words. */
  static List<String> words(List<Found> all) {
    return all.stream()
        .flatMap(f -> Stream.of(f.attribute, f.drvPath.toString(), f.output))
        .toList();
  }

  /** Those that {@link #words} told. */
  static List<Found> of(List<String> words) {
    List<Found> all = new ArrayList<>();
    for (int i = 0; i + WORDS <= words.size(); i += WORDS) {
      all.add(new Found(words.get(i), StorePath.parse(words.get(i + 1)), words.get(i + 2)));
    }
    return List.copyOf(all);
  }
}
