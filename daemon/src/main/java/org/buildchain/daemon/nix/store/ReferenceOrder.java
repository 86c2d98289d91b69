package org.buildchain.daemon.nix.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;

/**
 * Store paths, each behind what it refers to, as Nix orders them: a walk in depth from each path in
 * turn. Source: {@code topoSort} in {@code topo-sort.hh}.
 */
final class ReferenceOrder {
  private final Store store;
  private final SortedSet<StorePath> paths;
  private final Set<StorePath> seen = new HashSet<>();
  private final List<StorePath> sorted = new ArrayList<>();

  private ReferenceOrder(Store store, SortedSet<StorePath> paths) {
    this.store = store;
    this.paths = paths;
  }

  static List<StorePath> of(Store store, SortedSet<StorePath> paths) {
    ReferenceOrder order = new ReferenceOrder(store, paths);
    paths.forEach(order::visit);
    return order.sorted;
  }

  private void visit(StorePath path) {
    if (!seen.add(path)) {
      return;
    }
    for (StorePath r :
        store.query(path).map(PathInfo::references).orElse(Collections.emptySortedSet())) {
      if (paths.contains(r)) {
        visit(r);
      }
    }
    sorted.add(path);
  }
}
