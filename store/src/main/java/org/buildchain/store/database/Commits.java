package org.buildchain.store.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * Commits what threads want written, in turns that they share: durably to the tables, or soon to
 * the {@link Recent recent rows} over them, which come to the tables before, or together with, what
 * is written durably after them. Thread-safe.
 */
final class Commits {
  /** A disk with less is full. */
  private static final long LEAST_ROOM = 1 << 20;

  /** So much that is not durable may be waiting to become it: as much may be lost. */
  private static final long MOST_RECENT = 2L << 30;

  /** How often recent rows are made durable before writers of more have to wait for it. */
  private static final int TRIES = 3;

  private final Path folder;
  private final Tables tables;
  private final Database.Sync files;
  private volatile Optional<Recent> recent = Optional.empty();

  private final ReentrantLock syncing = new ReentrantLock();

  /** How many want to write durably. */
  private final AtomicInteger durable = new AtomicInteger();

  private final SharedTurns<Write> turns = new SharedTurns<>();

  Commits(Path folder, Tables tables, Database.Sync files) {
    this.folder = folder;
    this.tables = tables;
    this.files = files;
  }

  /** The rows over the tables, if any were ever written soon. */
  Optional<Recent> recent() {
    return recent;
  }

  /** Takes over what a killed process wrote soon, if the machine has run since. */
  void adopt() throws IOException {
    Optional<Path> own = Recent.folder(folder);
    for (Path left : Recent.left(folder)) {
      if (own.equals(Optional.of(left))) {
        try (Tables.Look look = tables.look()) {
          recent = Optional.of(Recent.open(left, look.layer()));
        }
        try {
          settle();
          removeRecent();
        } catch (StoreException e) {
          // A full disk, as a rule: they are read where they are, and it is tried again.
        }
      } else {
        Posix.removeTree(Octets.fromText(left.toString()));
      }
    }
  }

  /** Removes the files of the recent rows, all of which are durable. */
  void removeRecent() throws IOException {
    Optional<Recent> empty = recent;
    recent = Optional.empty();
    if (empty.isPresent()) {
      empty.get().remove();
    }
  }

  /**
   * Writes durably.
   *
   * @param here whether this thread must run the body
   */
  Write write(Consumer<Transaction> body, boolean here) {
    Write write = Write.durably(body);
    durable.incrementAndGet();
    try {
      do {
        sync();
        turns.run(write, here, this::commit);
      } while (write.isAgain());
    } finally {
      durable.decrementAndGet();
    }
    return write;
  }

  /** Writes without waiting for the disk; {@link Write#isAgain} if that may not be now. */
  Write writeSoon(Consumer<Transaction> body, Write.Soon soon) {
    Write write = Write.soon(body, soon);
    turns.run(write, true, this::commit);
    return write;
  }

  /** Makes durable what was written soon, at first without keeping others from writing so. */
  void settle() {
    for (int i = 0; i < TRIES && anyRecent(); i++) {
      sync();
      Write nothing = Write.durably(w -> {});
      turns.run(nothing, true, this::commit);
      if (!nothing.isAgain()) {
        nothing.end();
        return;
      }
    }
    if (anyRecent()) {
      write(w -> {}, false).end();
    }
  }

  private boolean anyRecent() {
    return recent.filter(Recent::any).isPresent();
  }

  private Optional<Recent> unsynced() {
    return recent.filter(r -> r.any() && !r.isSynced());
  }

  /** Makes the files durable of which recent rows tell. */
  private void sync() {
    Optional<Recent> rows = unsynced();
    if (rows.isEmpty()) {
      return;
    }
    syncing.lock();
    try {
      if (!rows.get().isSynced()) {
        Recent.Unsynced unsynced = rows.get().unsynced();
        sync(unsynced.files());
        rows.get().synced(unsynced);
      }
    } catch (IOException e) {
      throw new StoreException("cannot make the store durable: " + e.getMessage(), e);
    } finally {
      syncing.unlock();
    }
  }

  private void sync(Set<Path> unsynced) throws IOException {
    try {
      files.run(unsynced);
    } catch (NoSuchFileException e) {
      // Of a store that was removed while it was open nothing is to last.
      if (Files.exists(folder)) {
        throw e;
      }
    }
  }

  /** A turn: writes what several want, each all or nothing. */
  private void commit(List<Write> writes) {
    for (Write write : writes) {
      write.soon().ifPresent(s -> commitSoon(write, s));
    }
    List<Write> now = writes.stream().filter(w -> w.soon().isEmpty()).toList();
    if (unsynced().isPresent()) {
      now.forEach(Write::again);
    } else if (!now.isEmpty()) {
      commitDurably(now);
    }
  }

  /** Writes what several want in one transaction, with all recent rows. */
  private void commitDurably(List<Write> writes) {
    Optional<Recent> rows = recent.filter(Recent::any);
    try (Txn<byte[]> txn = tables.write()) {
      rows.ifPresent(r -> r.copy(new Layers.Layer(tables, txn)));
      List<Write> done = new ArrayList<>();
      for (Write write : writes) {
        try {
          if (writes.size() == 1 && rows.isEmpty()) {
            write.run(durable(txn));
          } else {
            try (Txn<byte[]> part = tables.within(txn)) {
              write.run(durable(part));
              part.commit();
            }
          }
          done.add(write);
        } catch (RuntimeException | Error e) {
          write.failed(explained(e));
        }
      }
      if (!done.isEmpty()) {
        rows.ifPresentOrElse(r -> r.move(txn::commit), txn::commit);
      }
      done.forEach(Write::written);
    } catch (RuntimeException | Error e) {
      writes.forEach(w -> w.failed(explained(e)));
    }
  }

  private Layers durable(Txn<byte[]> txn) {
    return new Layers(List.of(new Layers.Layer(tables, txn)));
  }

  private void commitSoon(Write write, Write.Soon soon) {
    try (Tables.Look look = tables.look()) {
      Layers.Layer base = look.layer();
      Optional<Recent> rows = durable.get() > 0 ? Optional.empty() : recentRows(base, soon.bytes());
      if (rows.isEmpty()) {
        write.again();
        return;
      }
      Layers.Layer top = rows.get().begin();
      try (Txn<byte[]> _ = top.txn()) {
        write.run(new Layers(List.of(top, base)));
        rows.get().commit(top, soon.bytes(), soon.files());
        write.written();
      }
    } catch (IOException | RuntimeException | Error e) {
      write.failed(explained(e));
    }
  }

  /** Where rows may be written soon; empty if they may not. */
  private Optional<Recent> recentRows(Layers.Layer base, long bytes) throws IOException {
    if (recent.isEmpty()) {
      Optional<Path> at = Recent.folder(folder);
      if (at.isPresent()) {
        recent = Optional.of(Recent.make(at.get(), base));
      }
    }
    return recent.filter(r -> r.bytes() + bytes <= MOST_RECENT);
  }

  private Throwable explained(Throwable e) {
    if (!(e instanceof LmdbException)) {
      return e;
    }
    // A write that the disk had room for in part is an I/O error to LMDB.
    String why = isFull() ? "No space left on device" : e.getMessage();
    return new StoreException("cannot write to the database: " + why, e);
  }

  private boolean isFull() {
    try {
      return Files.getFileStore(folder).getUsableSpace() < LEAST_ROOM;
    } catch (IOException e) {
      return false;
    }
  }
}
