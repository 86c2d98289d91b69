package org.buildchain.store.disk;

import static org.buildchain.store.disk.Database.Table.OBJECTS;
import static org.buildchain.store.disk.Database.Table.PATHS;
import static org.buildchain.store.disk.Database.Table.REALISATIONS;
import static org.buildchain.store.disk.Database.Table.REFERRERS;
import static org.buildchain.store.disk.Database.Table.USED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.LiveRoots;

/**
 * One collection. Paths go first, in small transactions, each before those that it refers to; then
 * the blocks that no remaining object uses. Whoever stops it between leaves a store that is whole,
 * with blocks that the next collection removes.
 *
 * <p>It decides by the database as it was at one moment. What others do meanwhile it learns from
 * {@link PathUses} and {@link BlockLeases}, and asks again in the transaction that removes.
 */
final class Collector {
  /** Transactions are short, so that nobody waits long for one. */
  private static final int PATHS_AT_ONCE = 32;

  private static final int BLOCKS_AT_ONCE = 256;

  /** The number of uses of a block that lives. */
  private static final int ALIVE = -1;

  private final Database database;
  private final BlockFiles blocks;
  private final PathUses uses;
  private final PartialPaths partial;
  private final LiveRoots roots;
  private final Consumer<Collection<PathInfo>> hide;

  /**
   * @param hide is told which paths may vanish: mounts forget what the kernel knows of them
   */
  Collector(
      Database database,
      BlockFiles blocks,
      PathUses uses,
      PartialPaths partial,
      LiveRoots roots,
      Consumer<Collection<PathInfo>> hide) {
    this.database = database;
    this.blocks = blocks;
    this.uses = uses;
    this.partial = partial;
    this.roots = roots;
    this.hide = hide;
  }

  Collected run(CollectOptions options, Instant now) throws IOException {
    blocks.leases().collecting(true);
    try (PathUses.Use _ = uses.begin()) {
      return collect(options, now);
    } finally {
      blocks.leases().collecting(false);
    }
  }

  private Collected collect(CollectOptions options, Instant now) throws IOException {
    Map<StorePath, Long> used = rememberUses();
    Collection<StorePath> pinned = roots.find();
    Map<StorePath, PathInfo> all = new HashMap<>();
    database.read(
        r -> {
          r.scan(
              PATHS,
              new byte[0],
              (k, v) -> {
                StorePath path = StorePath.parse(Octets.of(k));
                all.put(path, PathRecord.decode(path, v));
                return true;
              });
          return true;
        });
    Candidates candidates = new Candidates(all, used, options.keepDerivations());
    List<StorePath> order = candidates.order(candidates.reached(pinned), options, now);
    if (!options.dryRun() && !order.isEmpty()) {
      // From here on the kernel asks before it opens one of them, and asking is touching.
      hide.accept(order.stream().map(all::get).toList());
      Set<StorePath> opened = candidates.reached(roots.open());
      order = order.stream().filter(p -> !opened.contains(p)).toList();
    }
    CidTable counts = count(all, order);
    Removal removal = new Removal(all, counts, candidates);
    for (int at = 0; at < order.size() && !removal.enough(options); at += PATHS_AT_ONCE) {
      List<StorePath> some = order.subList(at, Math.min(order.size(), at + PATHS_AT_ONCE));
      if (options.dryRun()) {
        removal.pretend(some, options);
      } else {
        removal.remove(some);
      }
      if (Thread.interrupted()) {
        throw new java.io.InterruptedIOException("the collection was interrupted");
      }
    }
    if (!options.dryRun()) {
      removal.flush();
      partial.refresh();
      new Sweeper(database, blocks).run(cid -> counts.get(cid) != 0 && !removal.gone(cid));
      forgetRealisations();
    }
    return new Collected(
        List.copyOf(removal.paths),
        removal.freedBlocks,
        removal.freedBytes,
        all.size() - removal.paths.size());
  }

  /** Writes down when paths were last used; gives that for all paths. */
  private Map<StorePath, Long> rememberUses() {
    Map<StorePath, Long> fresh = uses.drain();
    List<Map.Entry<StorePath, Long>> entries = List.copyOf(fresh.entrySet());
    for (int at = 0; at < entries.size(); at += BLOCKS_AT_ONCE) {
      var some = entries.subList(at, Math.min(entries.size(), at + BLOCKS_AT_ONCE));
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
    Map<StorePath, Long> all = new HashMap<>();
    database.read(
        r -> {
          r.scan(
              USED,
              new byte[0],
              (k, v) -> {
                all.put(StorePath.parse(Octets.of(k)), ByteBuffer.wrap(v).getLong());
                return true;
              });
          return true;
        });
    return all;
  }

  /**
   * How many of the paths that may go use a block; {@link #ALIVE} where another one does.
   *
   * @throws IOException if a node of a tree can't be read: what is below it is not known, and must
   *     not be taken for garbage
   */
  private CidTable count(Map<StorePath, PathInfo> all, List<StorePath> order) throws IOException {
    CidTable counts = new CidTable();
    Set<StorePath> going = new HashSet<>(order);
    for (PathInfo info : all.values()) {
      if (!going.contains(info.path())) {
        walk(
            info,
            cid -> {
              boolean fresh = counts.get(cid) != ALIVE;
              counts.put(cid, ALIVE);
              return fresh;
            });
      }
    }
    for (StorePath path : order) {
      walkDamaged(
          all.get(path),
          cid -> {
            int n = counts.get(cid);
            if (n != ALIVE) {
              counts.put(cid, n + 1);
            }
            return n != ALIVE;
          });
    }
    return counts;
  }

  private void walk(PathInfo info, Predicate<Cid> enter) throws IOException {
    boolean whole = !partial.contains(info.path());
    BlockWalk.of(
        Cid.parse(info.object()),
        blocks::readAndCheck,
        // Below a node that has not come yet nothing is here for this object's sake.
        whole ? enter : cid -> blocks.place(cid).isPresent() && enter.test(cid));
  }

  /**
   * As {@link #walk}, of an object that goes: what can't be found below a damaged node and has no
   * other user is swept at the end.
   */
  private void walkDamaged(PathInfo info, Predicate<Cid> enter) throws IOException {
    try {
      walk(info, enter);
    } catch (StoreException | FormatException e) {
      // So a damaged object can be deleted and built again.
    }
  }

  private void forgetRealisations() {
    List<byte[]> stale = new ArrayList<>();
    database.read(
        r -> {
          r.scan(
              REALISATIONS,
              new byte[0],
              (k, v) -> {
                if (!r.has(PATHS, RealisationRecord.pathKey(v))) {
                  stale.add(k);
                }
                return true;
              });
          return true;
        });
    if (!stale.isEmpty()) {
      database.write(
          w ->
              stale.forEach(
                  k -> {
                    Optional<byte[]> path = w.get(REALISATIONS, k);
                    if (path.isPresent() && !w.has(PATHS, RealisationRecord.pathKey(path.get()))) {
                      w.delete(REALISATIONS, k);
                    }
                  }));
    }
  }

  /** What goes, step by step. */
  private final class Removal {
    private final Map<StorePath, PathInfo> all;
    private final CidTable counts;
    private final Candidates candidates;
    private final CidTable dropped = new CidTable();
    private final List<StorePath> paths = new ArrayList<>();
    private final Map<Cid, BlockPlace> garbage = new LinkedHashMap<>();
    private long freedBlocks;
    private long freedBytes;

    Removal(Map<StorePath, PathInfo> all, CidTable counts, Candidates candidates) {
      this.all = all;
      this.candidates = candidates;
      this.counts = counts;
    }

    boolean enough(CollectOptions options) {
      return options.maxFreed().isPresent() && freedBytes >= options.maxFreed().getAsLong();
    }

    boolean gone(Cid cid) {
      return dropped.get(cid) != 0;
    }

    void pretend(List<StorePath> some, CollectOptions options) throws IOException {
      for (StorePath path : some) {
        if (!enough(options)) {
          paths.add(path);
          release(all.get(path));
          garbage.clear();
        }
      }
    }

    void remove(List<StorePath> some) throws IOException {
      for (StorePath path : unregister(some)) {
        paths.add(path);
        release(all.get(path));
        if (garbage.size() >= BLOCKS_AT_ONCE) {
          flush();
        }
      }
      flush();
    }

    /**
     * Makes paths invalid in one transaction, but for those that somebody relies on. They are
     * condemned, and pins locked, once it is this one's turn to write: whoever waits for either
     * waits for one transaction, not for all writers before it.
     */
    private List<StorePath> unregister(List<StorePath> some) throws IOException {
      List<StorePath> removed = new ArrayList<>();
      List<StorePath> condemned = new ArrayList<>();
      List<LiveRoots.Held> held = new ArrayList<>();
      try {
        database.write(
            w -> {
              Set<StorePath> pinned = candidates.reached(temporary(held));
              condemned.addAll(
                  uses.condemn(some.stream().filter(p -> !pinned.contains(p)).toList()));
              for (StorePath path : some) {
                if (condemned.contains(path) && Collector.unregister(w, all.get(path))) {
                  removed.add(path);
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

    /** Takes an object's share off the count of each of its blocks. */
    private void release(PathInfo info) throws IOException {
      walkDamaged(
          info,
          cid -> {
            int n = counts.get(cid);
            if (n == ALIVE) {
              return false;
            }
            if (n > 1) {
              counts.put(cid, n - 1);
            } else if (dropped.get(cid) == 0) {
              dropped.put(cid, 1);
              blocks.place(cid).ifPresent(p -> drop(cid, p));
            }
            return true;
          });
    }

    private void drop(Cid cid, BlockPlace place) {
      freedBlocks++;
      freedBytes += blocks.length(cid, place);
      garbage.put(cid, place);
    }

    void flush() throws IOException {
      new Sweeper(database, blocks).remove(garbage);
      garbage.clear();
    }
  }

  /** Makes a path invalid, unless a valid one refers to it. */
  private static boolean unregister(Database.Writer w, PathInfo info) {
    byte[] key = Octets.bytes(info.path().toString());
    byte[] prefix = Octets.bytes(info.path() + "\0");
    boolean[] referred = {false};
    w.scan(
        REFERRERS,
        prefix,
        (k, v) -> {
          referred[0] = true;
          return false;
        });
    Optional<byte[]> record = w.get(PATHS, key);
    if (referred[0] || record.isEmpty()) {
      return false;
    }
    PathInfo now = PathRecord.decode(info.path(), record.get());
    if (!now.object().equals(info.object())) {
      return false;
    }
    w.delete(PATHS, key);
    w.delete(OBJECTS, Cid.parse(info.object()).bytes());
    w.delete(USED, key);
    PartialPaths.remove(w, info.path());
    for (StorePath reference : info.references()) {
      w.delete(REFERRERS, Octets.bytes(reference + "\0" + info.path()));
    }
    return true;
  }
}
