package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.PATHS;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.database.Database;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Brings the rest of {@link PartialPaths} while nobody waits for blocks, and then says that the
 * paths are whole: when every block is here and the tree has the stated NAR hash. What is fetched
 * stays: it goes on where a daemon that was killed has stopped.
 */
final class LateFill implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LateFill.class.getName());
  private static final int AT_ONCE = 8;
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final StoreDir dir;
  private final Database database;
  private final BlockFiles files;
  private final PathUses uses;
  private final Clock clock;
  private final PartialPaths partial;
  private final LateBlocks late;
  private final Duration quiet;
  private final Thread thread;

  /** Paths that are other than was stated; they are looked at once. */
  private final Set<StorePath> wrong = new HashSet<>();

  /**
   * Begins.
   *
   * @param quiet the time for which nobody must have waited for a block
   */
  LateFill(
      StoreDir dir,
      Database database,
      BlockFiles files,
      PathUses uses,
      Clock clock,
      PartialPaths partial,
      LateBlocks late,
      Duration quiet) {
    this.dir = dir;
    this.database = database;
    this.files = files;
    this.uses = uses;
    this.clock = clock;
    this.partial = partial;
    this.late = late;
    this.quiet = quiet;
    this.thread = Thread.ofVirtual().name("bc-late-fill").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        awaitQuiet();
        for (StorePath path : partial.all().keySet()) {
          if (!wrong.contains(path)) {
            complete(path);
          }
        }
        Thread.sleep(Math.max(100, quiet.toMillis()));
      }
    } catch (InterruptedException | InterruptedIOException e) {
      // It is closed.
    }
  }

  private void awaitQuiet() throws InterruptedException {
    while (!partial.any() || late.quiet() < quiet.toNanos()) {
      long left = partial.any() ? quiet.toNanos() - late.quiet() : quiet.toNanos();
      Thread.sleep(Math.max(50, left / 1_000_000));
    }
  }

  private void complete(StorePath path) throws InterruptedException, InterruptedIOException {
    try {
      byte[] key = Octets.bytes(path.toString());
      Optional<PathInfo> info =
          database.read(r -> r.get(PATHS, key)).map(b -> PathRecord.decode(path, b));
      if (info.isEmpty()) {
        forget(path);
        return;
      }
      Cid object = Cid.parse(info.get().object());
      Set<Cid> all = bring(object);
      late.flush();
      if (finish(object, all)) {
        forget(path);
        LOG.log(Level.DEBUG, "'" + dir.print(path) + "' is here in full");
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (FormatException e) {
      wrong.add(path);
      LOG.log(
          Level.ERROR,
          "'"
              + dir.print(path)
              + "' is other than those have stated who vouch for it: "
              + e.getMessage());
    } catch (IOException | StoreException e) {
      LOG.log(
          Level.WARNING,
          "the rest of '" + dir.print(path) + "' cannot be fetched now: " + e.getMessage());
      Thread.sleep(RETRY);
    }
  }

  /** Fetches what is missing of an object; gives all of its blocks. */
  private Set<Cid> bring(Cid object) throws IOException {
    Set<Cid> all = new LinkedHashSet<>();
    List<Cid> missing = new ArrayList<>();
    try {
      BlockWalk.of(
          object,
          cid -> files.place(cid).isEmpty() ? late.fetch(cid) : files.get(cid),
          cid -> {
            if (all.add(cid) && cid.codec() == Cid.Codec.RAW && files.place(cid).isEmpty()) {
              missing.add(cid);
              if (missing.size() == AT_ONCE) {
                together(missing);
              }
            }
            return true;
          });
      together(missing);
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
    return all;
  }

  private void together(List<Cid> missing) {
    try {
      awaitQuiet();
      List<FutureTask<byte[]>> tasks = new ArrayList<>();
      for (Cid cid : missing) {
        FutureTask<byte[]> task = new FutureTask<>(() -> late.fetch(cid));
        Thread.ofVirtual().name("bc-late-fill").start(task);
        tasks.add(task);
      }
      missing.clear();
      for (FutureTask<byte[]> task : tasks) {
        task.get();
      }
    } catch (InterruptedException e) {
      throw new java.io.UncheckedIOException(new InterruptedIOException("interrupted"));
    } catch (ExecutionException e) {
      throw new java.io.UncheckedIOException(new IOException(e.getCause().getMessage(), e));
    }
  }

  /** Checks that all of an object is here; false if something has gone again meanwhile. */
  private boolean finish(Cid object, Set<Cid> all) throws IOException {
    try (ObjectWriter writer = new ObjectWriter(database, files, uses, clock)) {
      for (Cid cid : all) {
        if (!writer.batch().hold(cid)) {
          return false;
        }
      }
      PathInfo unused =
          new CarImport(dir, database, uses, writer)
              .check(object, StoreObject.read(object, writer.batch()), clock.instant());
      return true;
    }
  }

  private void forget(StorePath path) {
    database.write(w -> PartialPaths.remove(w, path));
    partial.refresh();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
