package org.buildchain.store.disk;

import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** Which paths live, and in which order the others go; all of them by their numbers in a graph. */
final class Candidates {
  private final StoreDir dir;
  private final PathGraph graph;
  private final boolean keepDerivations;

  Candidates(StoreDir dir, PathGraph graph, boolean keepDerivations) {
    this.dir = dir;
    this.graph = graph;
    this.keepDerivations = keepDerivations;
  }

  /** What is reached from roots; roots that are not valid keep nothing. */
  BitSet reached(Collection<StorePath> roots) {
    return graph.reached(numbers(roots), keepDerivations);
  }

  private BitSet numbers(Collection<StorePath> paths) {
    BitSet numbers = new BitSet();
    paths.stream().mapToInt(graph::number).filter(n -> n >= 0).forEach(numbers::set);
    return numbers;
  }

  /** What may go, each path before those that it refers to. */
  int[] order(BitSet alive, CollectOptions options, Instant now) {
    int[] dead =
        IntStream.range(0, graph.size())
            .filter(p -> !alive.get(p))
            .boxed()
            .sorted(Comparator.<Integer>comparingLong(graph::used).thenComparing(p -> p))
            .mapToInt(p -> p)
            .toArray();
    BitSet kept = new BitSet();
    options
        .olderThan()
        .ifPresent(
            age -> {
              long before = now.minus(age).getEpochSecond();
              Arrays.stream(dead).filter(p -> graph.used(p) > before).forEach(kept::set);
            });
    options
        .keepLastUsed()
        .ifPresent(n -> Arrays.stream(dead).skip(Math.max(0, dead.length - n)).forEach(kept::set));
    BitSet staying = graph.reached(kept, keepDerivations);
    int[] going = Arrays.stream(dead).filter(p -> !staying.get(p)).toArray();
    Optional<Set<StorePath>> only = options.only();
    return only.isEmpty() ? referrersFirst(going) : named(only.get(), set(going));
  }

  private static BitSet set(int[] numbers) {
    BitSet set = new BitSet();
    Arrays.stream(numbers).forEach(set::set);
    return set;
  }

  private int[] named(Set<StorePath> only, BitSet going) {
    BitSet chosen = numbers(only);
    for (StorePath path : only) {
      int number = graph.number(path);
      if (number >= 0 && !going.get(number)) {
        throw new StoreException(
            "cannot delete path '" + dir.print(path) + "' since it is still alive");
      }
    }
    BitSet all = new BitSet();
    all.set(0, graph.size());
    int[][] referrers = graph.referrers(all);
    for (int path : chosen.stream().toArray()) {
      for (int referrer : referrers[path]) {
        if (!chosen.get(referrer)) {
          throw new StoreException(
              "cannot delete path '"
                  + dir.print(graph.path(path))
                  + "' since '"
                  + dir.print(graph.path(referrer))
                  + "' refers to it");
        }
      }
    }
    return referrersFirst(chosen.stream().toArray());
  }

  /** Keeps the order as far as referrers allow. Iterative: chains of references may be long. */
  private int[] referrersFirst(int[] paths) {
    int[][] referrers = graph.referrers(set(paths));
    int[] out = new int[paths.length];
    int count = 0;
    BitSet entered = new BitSet();
    BitSet done = new BitSet();
    PathGraph.Numbers way = new PathGraph.Numbers();
    for (int path : paths) {
      way.push(path);
      while (!way.isEmpty()) {
        int at = way.peek();
        if (!entered.get(at)) {
          entered.set(at);
          for (int referrer : referrers[at]) {
            if (!entered.get(referrer)) {
              way.push(referrer);
            }
          }
        } else {
          way.pop();
          if (!done.get(at)) {
            done.set(at);
            out[count++] = at;
          }
        }
      }
    }
    return out;
  }
}
