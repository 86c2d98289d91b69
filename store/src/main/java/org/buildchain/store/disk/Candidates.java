package org.buildchain.store.disk;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StorePath;

/** Which paths live, and in which order the others go. A look at the database at one moment. */
final class Candidates {
  private final Map<StorePath, PathInfo> all;
  private final Map<StorePath, Long> used;
  private final boolean keepDerivations;

  /**
   * @param used when a path was last used, in seconds since 1970, where known
   */
  Candidates(Map<StorePath, PathInfo> all, Map<StorePath, Long> used, boolean keepDerivations) {
    this.all = all;
    this.used = used;
    this.keepDerivations = keepDerivations;
  }

  /** What is reached from roots; roots that are not valid keep nothing. */
  Set<StorePath> reached(Collection<StorePath> roots) {
    Set<StorePath> reached = new HashSet<>();
    Deque<StorePath> todo = new ArrayDeque<>(roots);
    for (StorePath path; (path = todo.poll()) != null; ) {
      PathInfo info = all.get(path);
      if (info != null && reached.add(path)) {
        todo.addAll(info.references());
        if (keepDerivations) {
          info.deriver().ifPresent(todo::add);
        }
      }
    }
    return reached;
  }

  private long lastUse(StorePath path) {
    return Math.max(used.getOrDefault(path, 0L), all.get(path).registered().getEpochSecond());
  }

  /** What may go, each path before those that it refers to. */
  List<StorePath> order(Set<StorePath> alive, CollectOptions options, Instant now) {
    List<StorePath> dead = new ArrayList<>(all.keySet());
    dead.removeIf(alive::contains);
    dead.sort(Comparator.comparingLong(this::lastUse).thenComparing(Comparator.naturalOrder()));
    Set<StorePath> kept = new HashSet<>();
    options
        .olderThan()
        .ifPresent(
            age -> {
              long before = now.minus(age).getEpochSecond();
              kept.addAll(dead.stream().filter(p -> lastUse(p) > before).toList());
            });
    options
        .keepLastUsed()
        .ifPresent(n -> kept.addAll(dead.subList(Math.max(0, dead.size() - n), dead.size())));
    Set<StorePath> staying = reached(kept);
    List<StorePath> going = dead.stream().filter(p -> !staying.contains(p)).toList();
    Optional<Set<StorePath>> only = options.only();
    return only.isEmpty() ? referrersFirst(going) : named(only.get(), Set.copyOf(going));
  }

  private List<StorePath> named(Set<StorePath> only, Set<StorePath> going) {
    for (StorePath path : only) {
      if (all.containsKey(path) && !going.contains(path)) {
        throw new StoreException("cannot delete path '" + path + "' since it is still alive");
      }
    }
    List<StorePath> chosen = only.stream().filter(all::containsKey).sorted().toList();
    Map<StorePath, List<StorePath>> referrers = referrers(all.keySet());
    for (StorePath path : chosen) {
      for (StorePath referrer : referrers.getOrDefault(path, List.of())) {
        if (!only.contains(referrer)) {
          throw new StoreException(
              "cannot delete path '" + path + "' since '" + referrer + "' refers to it");
        }
      }
    }
    return referrersFirst(chosen);
  }

  private Map<StorePath, List<StorePath>> referrers(Collection<StorePath> paths) {
    Map<StorePath, List<StorePath>> referrers = new HashMap<>();
    for (StorePath path : paths) {
      for (StorePath reference : all.get(path).references()) {
        if (!reference.equals(path)) {
          referrers.computeIfAbsent(reference, k -> new ArrayList<>()).add(path);
        }
      }
    }
    return referrers;
  }

  /** Keeps the order as far as referrers allow. Iterative: chains of references may be long. */
  private List<StorePath> referrersFirst(List<StorePath> paths) {
    Map<StorePath, List<StorePath>> referrers = referrers(paths);
    LinkedHashSet<StorePath> out = new LinkedHashSet<>();
    Set<StorePath> entered = new HashSet<>();
    Deque<StorePath> way = new ArrayDeque<>();
    for (StorePath path : paths) {
      way.push(path);
      while (!way.isEmpty()) {
        StorePath at = way.peek();
        if (entered.add(at)) {
          referrers.getOrDefault(at, List.of()).stream()
              .filter(r -> !entered.contains(r))
              .forEach(way::push);
        } else {
          out.add(way.pop());
        }
      }
    }
    return List.copyOf(out);
  }
}
