package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.OBJECTS;
import static org.buildchain.store.database.Table.PARTIAL;
import static org.buildchain.store.database.Table.PATHS;
import static org.buildchain.store.database.Table.REFERRERS;
import static org.buildchain.store.database.Table.USED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.buildchain.store.PathInfo;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Transaction;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.LiveRoots;

/**
 * What goes in a collection, step by step: paths, and the blocks that they were the last to use.
 */
final class Removal {
  private static final int BLOCKS_AT_ONCE = 256;

  /** What an object's block takes, and each reference in it. */
  private static final int OBJECT_BYTES = 512;

  private static final int REFERENCE_BYTES = 300;

  /**
   * A path that is no longer valid.
   *
   * @param partial whether blocks of it may be elsewhere
   */
  private record Gone(StorePath path, Cid object, boolean partial) {}

  private final Database database;
  private final PathQueries queries;
  private final BlockFiles blocks;
  private final PathUses uses;
  private final PartialPaths partial;
  private final LiveRoots roots;
  private final Candidates candidates;
  private final PathGraph graph;
  private final CidTable counts;
  private final CidTable dropped;
  private final Collector.ObjectBlocks walk;
  private final List<StorePath> paths = new ArrayList<>();
  private final Map<Cid, BlockPlace> garbage = new LinkedHashMap<>();
  private boolean pretending;
  private long freedBlocks;
  private long freedBytes;

  /**
   * @param counts how many of the paths that may go use a block
   * @param dropped gets the blocks that none uses any more
   */
  Removal(
      Database database,
      BlockFiles blocks,
      PathUses uses,
      PartialPaths partial,
      LiveRoots roots,
      Candidates candidates,
      PathGraph graph,
      CidTable counts,
      CidTable dropped) {
    this.database = database;
    this.queries = new PathQueries(database);
    this.blocks = blocks;
    this.uses = uses;
    this.partial = partial;
    this.roots = roots;
    this.candidates = candidates;
    this.graph = graph;
    this.counts = counts;
    this.dropped = dropped;
    this.walk = new Collector.ObjectBlocks(blocks);
  }

  boolean enough(CollectOptions options) {
    return options.maxFreed().isPresent() && freedBytes >= options.maxFreed().getAsLong();
  }

  /**
   * Where those end that may go together, of the paths from {@code at} to {@code end}: before more
   * is freed than is asked for.
   */
  int end(int[] order, int at, int end, CollectOptions options) {
    if (options.maxFreed().isEmpty()) {
      return end;
    }
    long left = options.maxFreed().getAsLong() - freedBytes;
    int last = at;
    while (last < end && left > 0) {
      left -= queries.info(graph.path(order[last])).map(Removal::most).orElse(0L);
      last++;
    }
    return last;
  }

  /** What removing a path frees at most, about: folders take less than they do in a NAR. */
  private static long most(PathInfo info) {
    return info.narSize() + OBJECT_BYTES + REFERENCE_BYTES * (long) info.references().size();
  }

  Collected done() {
    return new Collected(List.copyOf(paths), freedBlocks, freedBytes, graph.size() - paths.size());
  }

  /** Counts what would go. */
  void pretend(int[] some, CollectOptions options) throws IOException {
    pretending = true;
    for (int number : some) {
      StorePath path = graph.path(number);
      Optional<PathInfo> info = queries.info(path);
      if (info.isPresent() && !enough(options)) {
        paths.add(path);
        release(new Gone(path, Cid.parse(info.get().object()), partial.contains(path)));
      }
    }
  }

  void remove(int[] some) throws IOException {
    for (Gone path : unregister(some)) {
      paths.add(path.path());
      release(path);
    }
    flush();
  }

  /**
   * Makes paths invalid in one transaction, but for those that somebody relies on. They are
   * condemned, and pins locked, once it is this one's turn to write: whoever waits for either waits
   * for one transaction, not for all writers before it.
   */
  private List<Gone> unregister(int[] some) throws IOException {
    List<Gone> removed = new ArrayList<>();
    List<StorePath> condemned = new ArrayList<>();
    List<LiveRoots.Held> held = new ArrayList<>();
    try {
      database.writeHere(
          w -> {
            BitSet pinned = candidates.reached(temporary(held));
            Set<StorePath> taken =
                uses.condemn(
                    IntStream.of(some).filter(p -> !pinned.get(p)).mapToObj(graph::path).toList());
            condemned.addAll(taken);
            for (int number : some) {
              StorePath path = graph.path(number);
              if (taken.contains(path)) {
                unregister(w, path).ifPresent(removed::add);
              }
            }
          });
      return removed;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      uses.removed();
      uses.acquit(condemned);
      for (LiveRoots.Held lock : held) {
        lock.close();
      }
    }
  }

  private Collection<StorePath> temporary(List<LiveRoots.Held> held) {
    try {
      held.add(roots.hold());
      return held.getFirst().temporary();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a path invalid, unless a valid one refers to it. */
  private static Optional<Gone> unregister(Transaction w, StorePath path) {
    byte[] key = Octets.bytes(path.toString());
    boolean[] referred = {false};
    w.scan(
        REFERRERS,
        Octets.bytes(path + "\0"),
        (k, v) -> {
          referred[0] = true;
          return false;
        });
    Optional<byte[]> record = w.get(PATHS, key);
    if (referred[0] || record.isEmpty()) {
      return Optional.empty();
    }
    PathInfo info = PathRecord.decode(path, record.get());
    Cid object = Cid.parse(info.object());
    boolean partial = w.has(PARTIAL, key);
    w.delete(PATHS, key);
    w.delete(OBJECTS, object.bytes());
    w.delete(USED, key);
    PartialPaths.remove(w, path);
    for (StorePath reference : info.references()) {
      w.delete(REFERRERS, Octets.bytes(reference + "\0" + path));
    }
    return Optional.of(new Gone(path, object, partial));
  }

  /** Takes an object's share off the count of each of its blocks. */
  private void release(Gone gone) throws IOException {
    try {
      walk.ofDamaged(
          gone.object(),
          gone.partial(),
          cid -> {
            int n = counts.get(cid);
            if (n == Collector.ALIVE) {
              return false;
            }
            if (n > 1) {
              counts.put(cid, n - 1);
            } else if (dropped.put(cid, 1) == 0) {
              blocks.place(cid).ifPresent(p -> drop(cid, p));
            }
            return true;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void drop(Cid cid, BlockPlace place) {
    freedBlocks++;
    freedBytes += blocks.length(cid, place);
    if (pretending) {
      return;
    }
    // Before this one is among them: the walk still has to read it.
    if (garbage.size() >= BLOCKS_AT_ONCE) {
      try {
        flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    garbage.put(cid, place);
  }

  private void flush() throws IOException {
    new Sweeper(database, blocks).remove(garbage);
    garbage.clear();
  }
}
