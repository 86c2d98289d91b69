package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.PATHS;
import static org.buildchain.store.database.Table.REALISATIONS;
import static org.buildchain.store.database.Table.USED;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockLeases;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Row;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.LiveRoots;

/**
 * One collection. Paths go first, in small transactions, each before those that it refers to; then
 * the blocks that no remaining object uses. Whoever stops it between leaves a store that is whole,
 * with blocks that the next collection removes.
 *
 * <p>It decides by the database as it was at one moment. What others do meanwhile it learns from
 * {@link PathUses} and {@link BlockLeases}, and asks again in the transaction that removes.
 *
 * <p>Nobody waits longer for it because the store is large: a transaction is of bounded size, a
 * look at a whole table is taken in slices, and what it remembers of each block stands outside the
 * heap, where the JVM would stop all threads to copy it.
 */
final class Collector {
  /** Transactions are short, so that nobody waits long for one. */
  private static final int PATHS_AT_ONCE = 32;

  private static final int ROWS_AT_ONCE = 256;

  /** The number of uses of a block that lives. */
  static final int ALIVE = -1;

  private final StoreDir dir;
  private final Database database;
  private final PathQueries queries;
  private final BlockFiles blocks;
  private final PathUses uses;
  private final PartialPaths partial;
  private final LiveRoots roots;
  private final Consumer<Collection<PathInfo>> hide;

  /**
   * @param hide is told which paths may vanish, some at a time: mounts forget what the kernel knows
   *     of them
   */
  Collector(
      StoreDir dir,
      Database database,
      BlockFiles blocks,
      PathUses uses,
      PartialPaths partial,
      LiveRoots roots,
      Consumer<Collection<PathInfo>> hide) {
    this.dir = dir;
    this.database = database;
    this.queries = new PathQueries(database);
    this.blocks = blocks;
    this.uses = uses;
    this.partial = partial;
    this.roots = roots;
    this.hide = hide;
  }

  Collected run(CollectOptions options, Instant now) throws IOException {
    blocks.leases().collecting(true);
    try (PathUses.Use _ = uses.begin();
        CidTable counts = new CidTable();
        CidTable dropped = new CidTable()) {
      return collect(options, now, counts, dropped);
    } finally {
      blocks.leases().collecting(false);
    }
  }

  private Collected collect(CollectOptions options, Instant now, CidTable counts, CidTable dropped)
      throws IOException {
    rememberUses();
    Collection<StorePath> pinned = roots.find();
    PathGraph graph = PathGraph.of(database);
    Candidates candidates = new Candidates(dir, graph, options.keepDerivations());
    int[] order = candidates.order(candidates.reached(pinned), options, now);
    if (!options.dryRun() && order.length > 0) {
      // From here on the kernel asks before it opens one of them, and asking is touching.
      hide(graph, order);
      BitSet opened = candidates.reached(roots.open());
      order = IntStream.of(order).filter(p -> !opened.get(p)).toArray();
    }
    count(graph, order, counts);
    Removal removal =
        new Removal(database, blocks, uses, partial, roots, candidates, graph, counts, dropped);
    for (int at = 0, end; at < order.length && !removal.enough(options); at = end) {
      end = removal.end(order, at, Math.min(order.length, at + PATHS_AT_ONCE), options);
      int[] some = Arrays.copyOfRange(order, at, end);
      if (options.dryRun()) {
        removal.pretend(some, options);
      } else {
        removal.remove(some);
      }
      stopIfInterrupted();
    }
    if (!options.dryRun()) {
      partial.refresh();
      new Sweeper(database, blocks).run(cid -> counts.get(cid) != 0 && dropped.get(cid) == 0);
      forgetRealisations();
    }
    return removal.done();
  }

  static void stopIfInterrupted() throws InterruptedIOException {
    if (Thread.interrupted()) {
      throw new InterruptedIOException("the collection was interrupted");
    }
  }

  /** Writes down when paths were last used. */
  private void rememberUses() {
    List<Map.Entry<StorePath, Long>> entries = List.copyOf(uses.drain().entrySet());
    for (int at = 0; at < entries.size(); at += ROWS_AT_ONCE) {
      var some = entries.subList(at, Math.min(entries.size(), at + ROWS_AT_ONCE));
      database.write(
          w -> {
            for (Map.Entry<StorePath, Long> entry : some) {
              byte[] key = Octets.bytes(entry.getKey().toString());
              if (w.has(PATHS, key)) {
                byte[] seconds = ByteBuffer.allocate(Long.BYTES).putLong(entry.getValue()).array();
                w.put(USED, key, seconds);
              }
            }
          });
    }
  }

  private void hide(PathGraph graph, int[] order) {
    for (int at = 0; at < order.length; at += ROWS_AT_ONCE) {
      List<PathInfo> some = new ArrayList<>();
      for (int i = at; i < Math.min(order.length, at + ROWS_AT_ONCE); i++) {
        queries.info(graph.path(order[i])).ifPresent(some::add);
      }
      hide.accept(some);
    }
  }

  /**
   * How many of the paths that may go use a block; {@link #ALIVE} where another one does.
   *
   * @throws IOException if a node of a tree can't be read: what is below it is not known, and must
   *     not be taken for garbage
   */
  private void count(PathGraph graph, int[] order, CidTable counts) throws IOException {
    BitSet going = new BitSet();
    IntStream.of(order).forEach(going::set);
    ObjectBlocks walk = new ObjectBlocks(blocks);
    for (int path = 0; path < graph.size(); path++) {
      Optional<PathInfo> info = going.get(path) ? Optional.empty() : queries.info(graph.path(path));
      if (info.isPresent()) {
        walk.of(
            Cid.parse(info.get().object()),
            partial.contains(info.get().path()),
            cid -> counts.put(cid, ALIVE) != ALIVE);
        stopIfInterrupted();
      }
    }
    for (int path : order) {
      Optional<PathInfo> info = queries.info(graph.path(path));
      if (info.isPresent()) {
        walk.ofDamaged(
            Cid.parse(info.get().object()),
            partial.contains(info.get().path()),
            cid -> {
              int n = counts.get(cid);
              if (n != ALIVE) {
                counts.put(cid, n + 1);
              }
              return n != ALIVE;
            });
        stopIfInterrupted();
      }
    }
  }

  /** Blocks of objects of which some may be elsewhere. */
  record ObjectBlocks(BlockFiles blocks) {
    void of(Cid object, boolean partial, Predicate<Cid> enter) throws IOException {
      BlockWalk.of(
          object,
          blocks::readAndCheck,
          // Below a node that has not come yet nothing is here for this object's sake.
          partial ? cid -> blocks.place(cid).isPresent() && enter.test(cid) : enter);
    }

    /**
     * The same, of an object that goes: what can't be found below a damaged node and has no other
     * user is swept at the end. So a damaged object can be deleted and built again.
     */
    void ofDamaged(Cid object, boolean partial, Predicate<Cid> enter) throws IOException {
      try {
        of(object, partial, enter);
      } catch (StoreException | FormatException e) {
        // As said above.
      }
    }
  }

  private void forgetRealisations() throws IOException {
    List<byte[]> stale = new ArrayList<>();
    database.slices(
        REALISATIONS,
        rows -> {
          for (Row row : rows) {
            byte[] path = RealisationRecord.pathKey(row.value());
            if (!database.read(r -> r.has(PATHS, path))) {
              stale.add(row.key());
            }
          }
        });
    for (int at = 0; at < stale.size(); at += ROWS_AT_ONCE) {
      List<byte[]> some = stale.subList(at, Math.min(stale.size(), at + ROWS_AT_ONCE));
      database.write(
          w ->
              some.forEach(
                  k -> {
                    Optional<byte[]> path = w.get(REALISATIONS, k);
                    if (path.isPresent() && !w.has(PATHS, RealisationRecord.pathKey(path.get()))) {
                      w.delete(REALISATIONS, k);
                    }
                  }));
    }
  }
}
