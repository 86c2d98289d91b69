package org.buildchain.derivation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is needed of a derivation that is itself an output of another one, and so is not known yet.
 * Immutable. Source: {@code DerivedPathMap::ChildNode} of Nix 2.26 (experimental feature {@code
 * dynamic-derivations}).
 *
 * @param outputs the outputs that are needed
 * @param dynamic for each output that is a derivation too, what is needed of that
 */
public record DynamicOutputs(SortedSet<String> outputs, SortedMap<String, DynamicOutputs> dynamic) {
  public DynamicOutputs {
    outputs = Collections.unmodifiableSortedSet(new TreeSet<>(outputs));
    dynamic = Collections.unmodifiableSortedMap(new TreeMap<>(dynamic));
  }

  /** Nothing. */
  public static final DynamicOutputs NONE =
      new DynamicOutputs(Collections.emptySortedSet(), Collections.emptySortedMap());

  /** These with another output. */
  public DynamicOutputs with(String output) {
    SortedSet<String> more = new TreeSet<>(outputs);
    more.add(output);
    return new DynamicOutputs(more, dynamic);
  }

  /** These with something else in place of what is needed of one output that is a derivation. */
  public DynamicOutputs with(String output, DynamicOutputs needed) {
    SortedMap<String, DynamicOutputs> more = new TreeMap<>(dynamic);
    more.put(output, needed);
    return new DynamicOutputs(outputs, more);
  }
}
