package org.buildchain.derivation.realise;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.store.path.StorePath;

/** A derivation of one request, some outputs of which are wanted. Used by one thread at a time. */
final class Goal {
  /** How far it is. */
  enum State {
    /** Everything wanted is valid. */
    VALID,
    /** Waits for its inputs, or for a place to build. */
    WAITING,
    RUNNING,
    DONE,
    FAILED
  }

  final StorePath drvPath;
  final Derivation drv;
  final SortedSet<String> wanted = new TreeSet<>();

  /** The outputs' paths, as far as they are known to be valid. */
  final SortedMap<String, StorePath> outputs = new TreeMap<>();

  final Set<Goal> inputs = new LinkedHashSet<>();
  final List<Goal> dependents = new ArrayList<>();
  State state = State.VALID;

  /** Whether the caller asked for it, not only another derivation. */
  boolean requested;

  /** Whether it is to be built although it is valid. */
  boolean checked;

  boolean expanded;
  int unfinishedInputs;
  int failedInputs;

  /** How many derivations, this one included, must be built one after the other from here on. */
  int height;

  Goal(StorePath drvPath, Derivation drv) {
    this.drvPath = drvPath;
    this.drv = drv;
  }
}
