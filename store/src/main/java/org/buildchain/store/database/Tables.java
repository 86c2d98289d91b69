package org.buildchain.store.database;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/** The {@link Table tables} in one environment of LMDB. Thread-safe. */
final class Tables implements AutoCloseable {
  private static final long MAP_SIZE = 1L << 38;
  private static final int MAX_READERS = 2048;

  /** What LMDB makes the file of its readers on 64 bits: a header and 64 bytes for each. */
  private static final long LOCK_BYTES = 192 + 64L * (MAX_READERS - 1);

  /** So many transactions are kept for those who read next. */
  private static final int MAX_UNUSED = 32;

  private final Env<byte[]> env;
  private final Dbi<byte[]>[] tables;
  private final Deque<Txn<byte[]>> idle = new ConcurrentLinkedDeque<>();
  private final AtomicInteger unused = new AtomicInteger();

  /**
   * Opens them, or makes them.
   *
   * @throws StoreException if they can't be opened
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  Tables(Path folder, EnvFlags... flags) throws IOException {
    Files.createDirectories(folder);
    reserveReaders(folder.resolve("lock.mdb"));
    try {
      env =
          Env.create(ByteArrayProxy.PROXY_BA)
              .setMapSize(MAP_SIZE)
              .setMaxDbs(Table.values().length)
              .setMaxReaders(MAX_READERS)
              .open(folder.toFile(), flags);
    } catch (LmdbException e) {
      throw unopened(folder, e);
    }
    tables = new Dbi[Table.values().length];
    try {
      reservePages(folder.resolve("data.mdb"));
      for (Table table : Table.values()) {
        tables[table.ordinal()] =
            env.openDbi(table.name().toLowerCase(Locale.ROOT), DbiFlags.MDB_CREATE);
      }
    } catch (LmdbException e) {
      env.close();
      throw unopened(folder, e);
    }
  }

  private static StoreException unopened(Path folder, LmdbException e) {
    return new StoreException("cannot open the database '" + folder + "': " + e.getMessage(), e);
  }

  /**
   * What a file lacks that was cut off would kill the process by SIGBUS when it is looked at; zeros
   * are an error.
   */
  private void reservePages(Path data) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      long length = (env.info().lastPageNumber + 1) * env.stat().pageSize;
      if (file.length() < length) {
        file.setLength(length);
      }
    }
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

  Dbi<byte[]> of(Table table) {
    return tables[table.ordinal()];
  }

  /** Begins to look at them as they are now. */
  Look look() {
    Txn<byte[]> used = idle.pollFirst();
    if (used == null) {
      return new Look(env.txnRead());
    }
    unused.decrementAndGet();
    used.renew();
    return new Look(used);
  }

  /**
   * A transaction that reads. Making one takes longer than what most of them are for, so that it is
   * used again.
   */
  final class Look implements AutoCloseable {
    private final Txn<byte[]> txn;

    private Look(Txn<byte[]> txn) {
      this.txn = txn;
    }

    Layers.Layer layer() {
      return new Layers.Layer(Tables.this, txn);
    }

    @Override
    public void close() {
      if (unused.incrementAndGet() > MAX_UNUSED) {
        unused.decrementAndGet();
        txn.close();
      } else {
        txn.reset();
        idle.addFirst(txn);
      }
    }
  }

  /** Begins a transaction that writes. One thread at a time may. */
  Txn<byte[]> write() {
    return env.txnWrite();
  }

  /** Begins one within another, which writes. */
  Txn<byte[]> within(Txn<byte[]> outer) {
    return env.txn(outer);
  }

  /** The number of the last transaction that wrote and committed. */
  long lastTransaction() {
    return env.info().lastTransactionId;
  }

  @Override
  public void close() {
    idle.forEach(Txn::close);
    env.close();
  }
}
