package org.buildchain.store.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.KeyRange;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * The tables of the store in LMDB. A transaction that has committed is durable. Readers never wait;
 * writers wait for at most one transaction before the one in which they have part.
 */
final class Database implements AutoCloseable {
  /** The layout of the tables; another one needs a migration. */
  private static final String VERSION = "4";

  /** Formats whose every table is one of {@link #VERSION} as it stands. */
  private static final Set<String> OLDER = Set.of("1", "2", "3");

  private static final long MAP_SIZE = 1L << 38;
  private static final int MAX_READERS = 2048;

  /** What LMDB makes the file of its readers on 64 bits: a header and 64 bytes for each. */
  private static final long LOCK_BYTES = 192 + 64L * (MAX_READERS - 1);

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

  private final Path folder;
  private final Env<byte[]> env;
  private final Dbi<byte[]>[] tables;

  private final SharedTurns<Write> turns = new SharedTurns<>();

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  @SuppressWarnings({"unchecked", "rawtypes"})
  Database(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    reserveReaders(folder.resolve("lock.mdb"));
    try {
      env =
          Env.create(ByteArrayProxy.PROXY_BA)
              .setMapSize(MAP_SIZE)
              .setMaxDbs(Table.values().length)
              .setMaxReaders(MAX_READERS)
              .open(folder.toFile(), EnvFlags.MDB_NOTLS);
    } catch (LmdbException e) {
      throw new StoreException("cannot open the database '" + folder + "': " + e.getMessage(), e);
    }
    tables = new Dbi[Table.values().length];
    for (Table table : Table.values()) {
      tables[table.ordinal()] =
          env.openDbi(table.name().toLowerCase(java.util.Locale.ROOT), DbiFlags.MDB_CREATE);
    }
    checkVersion(folder);
  }

  /**
   * LMDB maps the file of its readers and leaves holes in it; on a full disk a new reader would
   * write into one, and the process would be killed by SIGBUS.
   */
  private static void reserveReaders(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    Posix.reserve(Octets.fromText(file.toString()), LOCK_BYTES);
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

  private Dbi<byte[]> dbi(Table table) {
    return tables[table.ordinal()];
  }

  /** The number of the last transaction that wrote and committed. */
  long lastTransaction() {
    return env.info().lastTransactionId;
  }

  /** Reads within one snapshot. */
  <T> T read(java.util.function.Function<Reader, T> body) {
    try (Txn<byte[]> txn = env.txnRead()) {
      return body.apply(new Reader(txn));
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
          try (CursorIterable<byte[]> entries = dbi(table).iterate(r.txn, range)) {
            for (CursorIterable.KeyVal<byte[]> entry : entries) {
              rows.add(new Row(entry.key(), entry.val()));
              if (rows.size() == SLICE) {
                break;
              }
            }
          }
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
    write(new Write(body), false);
  }

  /** The same for a body that this thread must run. */
  void writeHere(Consumer<Writer> body) {
    write(new Write(body), true);
  }

  private void write(Write write, boolean here) {
    turns.run(write, here, this::commit);
    write.end();
    if (write.paths) {
      listeners.forEach(Runnable::run);
    }
  }

  /** What one thread wants written. */
  private static final class Write {
    private final Consumer<Writer> body;
    private boolean paths;
    private Optional<Throwable> failure = Optional.of(new IllegalStateException("not written"));

    Write(Consumer<Writer> body) {
      this.body = body;
    }

    /** Throws what kept it from being written. */
    void end() {
      if (failure.isPresent()) {
        switch (failure.get()) {
          case RuntimeException e -> throw e;
          case Error e -> throw e;
          case Throwable e -> throw new IllegalStateException(e);
        }
      }
    }
  }

  /** Writes what several want in one transaction: each all or nothing, and durable together. */
  private void commit(List<Write> writes) {
    try (Txn<byte[]> txn = env.txnWrite()) {
      List<Write> done = new ArrayList<>();
      for (Write write : writes) {
        try {
          if (writes.size() == 1) {
            run(write, txn);
          } else {
            try (Txn<byte[]> part = env.txn(txn)) {
              run(write, part);
              part.commit();
            }
          }
          done.add(write);
        } catch (RuntimeException | Error e) {
          write.failure = Optional.of(explained(e));
        }
      }
      if (!done.isEmpty()) {
        txn.commit();
      }
      done.forEach(w -> w.failure = Optional.empty());
    } catch (RuntimeException | Error e) {
      writes.forEach(w -> w.failure = Optional.of(explained(e)));
    }
  }

  private void run(Write write, Txn<byte[]> txn) {
    Writer writer = new Writer(txn);
    write.body.accept(writer);
    write.paths = writer.paths;
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
  class Reader {
    final Txn<byte[]> txn;

    Reader(Txn<byte[]> txn) {
      this.txn = txn;
    }

    Optional<byte[]> get(Table table, byte[] key) {
      return Optional.ofNullable(dbi(table).get(txn, key));
    }

    boolean has(Table table, byte[] key) {
      return dbi(table).get(txn, key) != null;
    }

    /** Visits the entries whose keys begin with {@code prefix}, ascending, until told to stop. */
    void scan(Table table, byte[] prefix, BiFunction<byte[], byte[], Boolean> more) {
      KeyRange<byte[]> range = prefix.length == 0 ? KeyRange.all() : KeyRange.atLeast(prefix);
      try (CursorIterable<byte[]> entries = dbi(table).iterate(txn, range)) {
        for (CursorIterable.KeyVal<byte[]> entry : entries) {
          byte[] key = entry.key();
          boolean inside =
              key.length >= prefix.length
                  && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
          if (!inside || !more.apply(key, entry.val())) {
            return;
          }
        }
      }
    }
  }

  /** A transaction. */
  final class Writer extends Reader {
    private boolean paths;

    Writer(Txn<byte[]> txn) {
      super(txn);
    }

    void put(Table table, byte[] key, byte[] value) {
      paths |= table == Table.PATHS;
      dbi(table).put(txn, key, value);
    }

    void delete(Table table, byte[] key) {
      paths |= table == Table.PATHS;
      dbi(table).delete(txn, key);
    }
  }

  @Override
  public void close() {
    env.close();
  }
}
