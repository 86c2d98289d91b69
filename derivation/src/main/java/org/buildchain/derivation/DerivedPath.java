package org.buildchain.derivation;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.path.StorePath;

/** Something that can be asked for. Source: Nix manual, "Deriving path". */
public sealed interface DerivedPath {
  /** A store object as it is. */
  record Opaque(StorePath path) implements DerivedPath {}

  /**
   * Outputs of a derivation.
   *
   * @param outputs empty for all of them
   */
  record Built(StorePath derivation, SortedSet<String> outputs) implements DerivedPath {
    public Built {
      outputs = Collections.unmodifiableSortedSet(new TreeSet<>(outputs));
    }
  }
}
