package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.PATHS;
import static org.buildchain.store.database.Table.USED;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.buildchain.store.PathInfo;
import org.buildchain.store.database.Database;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * The valid paths, what each refers to, and when each was last used: the database as it was at one
 * moment. Paths are numbers, ascending, so that a large store is a few arrays for the JVM to look
 * after and not millions of objects. Immutable.
 */
final class PathGraph {
  private final StorePath[] paths;
  private final int[][] references;
  private final int[] derivers;
  private final long[] used;

  private PathGraph(List<StorePath> paths) {
    this.paths = paths.toArray(StorePath[]::new);
    this.references = new int[paths.size()][];
    this.derivers = new int[paths.size()];
    this.used = new long[paths.size()];
  }

  /** Reads it. */
  static PathGraph of(Database database) {
    return database.read(
        r -> {
          List<StorePath> paths = new ArrayList<>();
          r.scan(PATHS, new byte[0], (k, v) -> paths.add(StorePath.parse(Octets.of(k))));
          PathGraph graph = new PathGraph(paths);
          int[] at = {0};
          r.scan(
              PATHS,
              new byte[0],
              (k, v) -> {
                graph.fill(at[0], PathRecord.decode(graph.paths[at[0]], v));
                at[0]++;
                return true;
              });
          r.scan(
              USED,
              new byte[0],
              (k, v) -> {
                int path = graph.number(StorePath.parse(Octets.of(k)));
                if (path >= 0) {
                  graph.used[path] = Math.max(graph.used[path], ByteBuffer.wrap(v).getLong());
                }
                return true;
              });
          return graph;
        });
  }

  private void fill(int path, PathInfo info) {
    references[path] =
        info.references().stream()
            .mapToInt(this::number)
            .filter(n -> n >= 0 && n != path)
            .toArray();
    derivers[path] = info.deriver().map(this::number).orElse(-1);
    used[path] = info.registered().getEpochSecond();
  }

  /** How many paths there are; their numbers are below. */
  int size() {
    return paths.length;
  }

  StorePath path(int number) {
    return paths[number];
  }

  /** The path's number; negative if it was not valid. */
  int number(StorePath path) {
    return Arrays.binarySearch(paths, path);
  }

  /** When the path was last used, registering it being a use; seconds since 1970. */
  long used(int path) {
    return used[path];
  }

  /**
   * What is reached from paths, themselves among it.
   *
   * @param derivers whether the derivation of what is reached is, too
   */
  BitSet reached(BitSet from, boolean derivers) {
    BitSet reached = new BitSet(paths.length);
    Numbers todo = new Numbers();
    from.stream().forEach(todo::push);
    while (!todo.isEmpty()) {
      int path = todo.pop();
      if (reached.get(path)) {
        continue;
      }
      reached.set(path);
      for (int reference : references[path]) {
        todo.push(reference);
      }
      if (derivers && this.derivers[path] >= 0) {
        todo.push(this.derivers[path]);
      }
    }
    return reached;
  }

  /** For each path those of {@code among} that refer to it, besides itself. */
  int[][] referrers(BitSet among) {
    int[] counts = new int[paths.length];
    among.stream().forEach(p -> Arrays.stream(references[p]).forEach(r -> counts[r]++));
    int[][] referrers = new int[paths.length][];
    for (int i = 0; i < counts.length; i++) {
      referrers[i] = new int[counts[i]];
    }
    among.stream()
        .forEach(p -> Arrays.stream(references[p]).forEach(r -> referrers[r][--counts[r]] = p));
    return referrers;
  }

  /** A stack of numbers. */
  static final class Numbers {
    private int[] values = new int[64];
    private int size;

    boolean isEmpty() {
      return size == 0;
    }

    void push(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    int peek() {
      return values[size - 1];
    }

    int pop() {
      return values[--size];
    }
  }
}
