package org.buildchain.store.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.KeyRange;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * The tables of the store in LMDB. A transaction that has committed is durable, unless it was
 * {@link #writeSoon written soon}: such rows stand in a database beside it for a while ({@link
 * Recent}), and come here before, or together with, whatever is written durably after them. Readers
 * never wait; writers wait for at most one transaction before the one in which they have part.
 */
final class Database implements AutoCloseable {
  /** The layout of the tables; another one needs a migration. */
  private static final String VERSION = "5";

  /** Formats whose every table is one of {@link #VERSION} as it stands. */
  private static final Set<String> OLDER = Set.of("1", "2", "3", "4");

  /** A disk with less is full. */
  private static final long LEAST_ROOM = 1 << 20;

  /** So many entries are looked at in one transaction. */
  private static final int SLICE = 4096;

  /** The tables. */
  enum Table {
    META,
    /** Base name → what is known of the path. */
    PATHS,
    /** Base name, NUL, base name of one that refers to it → nothing. */
    REFERRERS,
    /** CID of an object → base name. */
    OBJECTS,
    /** Hash modulo and output → base name. */
    REALISATIONS,
    /** Base name → when the path was last used, as far as that was written down. */
    USED,
    /** CID of a block that is durable → its {@link BlockPlace}. */
    BLOCKS,
    /** Base name of a valid path that may lack blocks → where those are. */
    PARTIAL
  }

  /** So much that is not durable may be waiting to become it: as much may be lost. */
  private static final long MOST_RECENT = 2L << 30;

  /** After so long without another, what was written soon becomes durable. */
  private static final Duration QUIET = Duration.ofSeconds(5);

  /** How often that is tried before writers of more have to wait for it. */
  private static final int TRIES = 3;

  private final Path folder;
  private final Sync files;
  private final Tables tables;
  private volatile Optional<Recent> recent = Optional.empty();

  private final ReentrantLock syncing = new ReentrantLock();

  /** How many want to write durably. */
  private final AtomicInteger durable = new AtomicInteger();

  private final SharedTurns<Write> turns = new SharedTurns<>();
  private final Settler settler = new Settler(QUIET, this::settle);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Makes files durable, with their names; all that were written if none is named. */
  @FunctionalInterface
  interface Sync {
    void run(Set<Path> files) throws IOException;
  }

  /**
   * @param files is asked to make the files durable of which rows tell that were written soon
   * @throws StoreException if it can't be opened, or has another format
   */
  Database(Path folder, Sync files) throws IOException {
    this.folder = folder;
    this.files = files;
    this.tables = new Tables(folder, EnvFlags.MDB_NOTLS);
    checkVersion(folder);
    adopt();
  }

  /** Takes over what a killed process wrote soon, if the machine has run since. */
  private void adopt() throws IOException {
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

  private void removeRecent() throws IOException {
    Optional<Recent> empty = recent;
    recent = Optional.empty();
    if (empty.isPresent()) {
      empty.get().remove();
    }
  }

  private void checkVersion(Path folder) {
    byte[] key = "version".getBytes(StandardCharsets.US_ASCII);
    Optional<byte[]> found = read(r -> r.get(Table.META, key));
    if (found.isEmpty()) {
      write(w -> w.put(Table.META, key, VERSION.getBytes(StandardCharsets.US_ASCII)));
      return;
    }
    String version = new String(found.get(), StandardCharsets.US_ASCII);
    if (OLDER.contains(version)) {
      write(w -> w.put(Table.META, key, VERSION.getBytes(StandardCharsets.US_ASCII)));
    } else if (!version.equals(VERSION)) {
      close();
      throw new StoreException(
          "the database '"
              + folder
              + "' has format "
              + version
              + ", this program knows "
              + VERSION);
    }
  }

  /** The folder that it stands in. */
  Path folder() {
    return folder;
  }

  /** A number that grows whenever something is written. */
  long lastTransaction() {
    return tables.lastTransaction() + recent.map(Recent::lastTransaction).orElse(0L);
  }

  /** Reads within one snapshot. */
  <T> T read(Function<Reader, T> body) {
    Optional<Recent> over = recent;
    return over.isPresent() && over.get().any() ? read(over.get(), body) : readDurable(body);
  }

  private <T> T readDurable(Function<Reader, T> body) {
    try (Tables.Look look = tables.look()) {
      return body.apply(new Reader(new Layers(List.of(look.layer()))));
    }
  }

  private <T> T read(Recent over, Function<Reader, T> body) {
    long moves = over.moves();
    try (Tables.Look top = over.look();
        Tables.Look base = tables.look()) {
      boolean both = over.isUnmoved(moves) || Recent.isNewer(top.layer(), base.layer());
      return body.apply(
          new Reader(
              new Layers(both ? List.of(top.layer(), base.layer()) : List.of(base.layer()))));
    }
  }

  /** An entry of a table. */
  @SuppressWarnings("ArrayRecordComponent")
  record Row(byte[] key, byte[] value) {}

  /** Gets some entries, outside of any transaction. */
  @FunctionalInterface
  interface Rows {
    void accept(List<Row> rows) throws IOException;
  }

  /**
   * Visits a table by some thousand entries, ascending, each time as the table is then: one long
   * look would keep every page that is replaced meanwhile from being used again.
   */
  void slices(Table table, Rows body) throws IOException {
    List<Row> rows = rows(table, KeyRange.all());
    while (!rows.isEmpty()) {
      body.accept(rows);
      // The least key that is greater.
      byte[] last = rows.getLast().key();
      rows = rows(table, KeyRange.atLeast(Arrays.copyOf(last, last.length + 1)));
    }
  }

  private List<Row> rows(Table table, KeyRange<byte[]> range) {
    return read(
        r -> {
          List<Row> rows = new ArrayList<>();
          r.layers.visit(table, range, row -> rows.add(row) && rows.size() < SLICE);
          return rows;
        });
  }

  /**
   * Writes all or nothing; durable when this returns. Another thread may run {@code body}, so that
   * it must neither wait nor read files.
   *
   * @throws StoreException if the disk is full, or the database can't be written to
   */
  void write(Consumer<Writer> body) {
    write(new Write(body, Optional.empty()), false);
  }

  /** The same for a body that this thread must run. */
  void writeHere(Consumer<Writer> body) {
    write(new Write(body, Optional.empty()), true);
  }

  private void write(Write write, boolean here) {
    durable.incrementAndGet();
    try {
      do {
        sync();
        turns.run(write, here, this::commit);
      } while (write.outcome == Outcome.AGAIN);
    } finally {
      durable.decrementAndGet();
    }
    end(write);
  }

  private void end(Write write) {
    write.end();
    if (write.paths) {
      listeners.forEach(Runnable::run);
    }
  }

  /**
   * Writes all or nothing, without waiting for the disk: a kill loses nothing of it, a loss of
   * power may until something is written durably or a while has passed, but all of it with what was
   * written after. The files that it tells of need not be durable. Nothing can be deleted so.
   *
   * @param bytes how many bytes of blocks it tells of
   * @param in the files that these stand in
   * @return false if nothing was written, since others want to write durably, or much is not
   *     durable yet: the caller must make the files durable, and {@link #write} it
   */
  boolean writeSoon(Consumer<Writer> body, long bytes, Collection<Path> in) {
    Write write = new Write(body, Optional.of(new Soon(bytes, in)));
    turns.run(write, true, this::commit);
    if (write.outcome == Outcome.AGAIN) {
      return false;
    }
    end(write);
    settler.touch();
    return true;
  }

  /** Makes the files durable of which recent rows tell. */
  private void sync() {
    Optional<Recent> rows = recent.filter(r -> r.any() && !r.isSynced());
    if (rows.isEmpty()) {
      return;
    }
    syncing.lock();
    try {
      if (!rows.get().isSynced()) {
        Recent.Unsynced unsynced = rows.get().unsynced();
        run(unsynced.files());
        rows.get().synced(unsynced);
      }
    } catch (IOException e) {
      throw new StoreException("cannot make the store durable: " + e.getMessage(), e);
    } finally {
      syncing.unlock();
    }
  }

  private void run(Set<Path> unsynced) throws IOException {
    try {
      files.run(unsynced);
    } catch (NoSuchFileException e) {
      // Of a store that was removed while it was open nothing is to last.
      if (Files.exists(folder)) {
        throw e;
      }
    }
  }

  /** Makes durable what was written soon, at first without keeping others from writing so. */
  private void settle() {
    for (int i = 0; i < TRIES && recent.filter(Recent::any).isPresent(); i++) {
      sync();
      Write nothing = new Write(w -> {}, Optional.empty());
      turns.run(nothing, true, this::commit);
      if (nothing.outcome != Outcome.AGAIN) {
        nothing.end();
        return;
      }
    }
    if (recent.filter(Recent::any).isPresent()) {
      write(w -> {});
    }
  }

  private record Soon(long bytes, Collection<Path> files) {}

  private enum Outcome {
    WRITTEN,
    FAILED,
    /** Nothing was tried: recent rows must be made durable first. */
    AGAIN
  }

  /** What one thread wants written. */
  private static final class Write {
    private final Consumer<Writer> body;

    /** What it tells of, if it is to be written soon. */
    private final Optional<Soon> soon;

    private boolean paths;
    private Outcome outcome = Outcome.FAILED;
    private Throwable failure = new IllegalStateException("not written");

    Write(Consumer<Writer> body, Optional<Soon> soon) {
      this.body = body;
      this.soon = soon;
    }

    void failed(Throwable e) {
      outcome = Outcome.FAILED;
      failure = e;
    }

    /** Throws what kept it from being written. */
    void end() {
      if (outcome != Outcome.WRITTEN) {
        switch (failure) {
          case RuntimeException e -> throw e;
          case Error e -> throw e;
          case Throwable e -> throw new IllegalStateException(e);
        }
      }
    }
  }

  /** Writes what several want: each all or nothing. */
  private void commit(List<Write> writes) {
    for (Write write : writes) {
      write.soon.ifPresent(s -> commitSoon(write, s));
    }
    List<Write> now = writes.stream().filter(w -> w.soon.isEmpty()).toList();
    if (recent.filter(r -> r.any() && !r.isSynced()).isPresent()) {
      now.forEach(w -> w.outcome = Outcome.AGAIN);
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
            run(write, txn);
          } else {
            try (Txn<byte[]> part = tables.within(txn)) {
              run(write, part);
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
      done.forEach(w -> w.outcome = Outcome.WRITTEN);
    } catch (RuntimeException | Error e) {
      writes.forEach(w -> w.failed(explained(e)));
    }
  }

  private void run(Write write, Txn<byte[]> txn) {
    Writer writer = new Writer(new Layers(List.of(new Layers.Layer(tables, txn))));
    write.body.accept(writer);
    write.paths = writer.paths;
  }

  private void commitSoon(Write write, Soon soon) {
    try (Tables.Look look = tables.look()) {
      Layers.Layer base = look.layer();
      Optional<Recent> rows = durable.get() > 0 ? Optional.empty() : recentRows(base, soon.bytes());
      if (rows.isEmpty()) {
        write.outcome = Outcome.AGAIN;
        return;
      }
      Layers.Layer top = rows.get().begin();
      try (Txn<byte[]> _ = top.txn()) {
        Writer writer = new Writer(new Layers(List.of(top, base)));
        write.body.accept(writer);
        write.paths = writer.paths;
        rows.get().commit(top, soon.bytes(), soon.files());
        write.outcome = Outcome.WRITTEN;
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

  /** Has {@code listener} run after each transaction that wrote to the table of paths. */
  void onPaths(Runnable listener) {
    listeners.add(listener);
  }

  private boolean isFull() {
    try {
      return Files.getFileStore(folder).getUsableSpace() < LEAST_ROOM;
    } catch (IOException e) {
      return false;
    }
  }

  /** A snapshot. */
  static class Reader {
    final Layers layers;

    Reader(Layers layers) {
      this.layers = layers;
    }

    Optional<byte[]> get(Table table, byte[] key) {
      return layers.get(table, key);
    }

    boolean has(Table table, byte[] key) {
      return get(table, key).isPresent();
    }

    /** Visits the entries whose keys begin with {@code prefix}, ascending, until told to stop. */
    void scan(Table table, byte[] prefix, BiFunction<byte[], byte[], Boolean> more) {
      layers.visit(
          table,
          prefix.length == 0 ? KeyRange.all() : KeyRange.atLeast(prefix),
          row -> {
            byte[] key = row.key();
            return key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)
                && more.apply(key, row.value());
          });
    }
  }

  /** A transaction. */
  static final class Writer extends Reader {
    private boolean paths;

    Writer(Layers layers) {
      super(layers);
    }

    void put(Table table, byte[] key, byte[] value) {
      paths |= table == Table.PATHS;
      Layers.Layer top = layers.all().getFirst();
      top.tables().of(table).put(top.txn(), key, value);
    }

    /**
     * Removes an entry.
     *
     * @throws IllegalStateException in what is written soon, which stands over entries that stay
     */
    void delete(Table table, byte[] key) {
      if (layers.all().size() > 1) {
        throw new IllegalStateException("what is written soon deletes nothing");
      }
      paths |= table == Table.PATHS;
      Layers.Layer top = layers.all().getFirst();
      top.tables().of(table).delete(top.txn(), key);
    }
  }

  @Override
  public void close() {
    settler.close();
    try {
      settle();
      removeRecent();
    } catch (IOException e) {
      throw new StoreException("cannot remove files of the database: " + e.getMessage(), e);
    } finally {
      recent.ifPresent(Recent::close);
      tables.close();
    }
  }
}
