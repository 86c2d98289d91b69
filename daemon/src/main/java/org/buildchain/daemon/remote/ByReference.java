package org.buildchain.daemon.remote;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import org.buildchain.store.path.StorePath;

/** The order in which objects can be added to a store. */
final class ByReference {
  private ByReference() {}

  /** What is known of each path, each after those of the others that it refers to. */
  static <T> List<T> order(
      Collection<StorePath> paths,
      Function<StorePath, T> info,
      Function<T, SortedSet<StorePath>> references) {
    Set<StorePath> wanted = Set.copyOf(paths);
    Map<StorePath, T> done = new LinkedHashMap<>();
    Set<StorePath> entered = new HashSet<>();
    Deque<StorePath> todo = new ArrayDeque<>(paths);
    while (!todo.isEmpty()) {
      StorePath path = todo.peek();
      if (entered.add(path)) {
        for (StorePath reference : references.apply(info.apply(path))) {
          if (wanted.contains(reference) && !entered.contains(reference)) {
            todo.push(reference);
          }
        }
      } else {
        todo.pop();
        done.computeIfAbsent(path, info);
      }
    }
    return List.copyOf(done.values());
  }
}
