package org.buildchain.language.flake;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a flake says of an input.
 *
 * @param isFlake whether its outputs are called; otherwise it is a tree of files
 * @param follows the path, from the root, of the input that is taken instead
 * @param overrides what is said of the input's own inputs
 */
record FlakeInput(
    Optional<FlakeRef> ref,
    boolean isFlake,
    Optional<List<String>> follows,
    SortedMap<String, FlakeInput> overrides) {
  FlakeInput {
    overrides = new TreeMap<>(overrides);
  }

  static FlakeInput of(FlakeRef ref, boolean isFlake) {
    return new FlakeInput(Optional.of(ref), isFlake, Optional.empty(), new TreeMap<>(Map.of()));
  }

  static FlakeInput following(List<String> path) {
    return new FlakeInput(Optional.empty(), true, Optional.of(path), new TreeMap<>(Map.of()));
  }

  FlakeInput asFlake(boolean flake) {
    return new FlakeInput(ref, flake, follows, overrides);
  }
}
