package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.BLOCKS;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.buildchain.store.BlockSources;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockBatch;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.database.Database;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.FolderNames;

/**
 * Fetches the blocks of {@link PartialPaths} when somebody reads them. They come from anybody: each
 * must be what its CID says. One that several want is fetched once. Who waits for it has it before
 * it is on the disk, where many are made durable together. Thread-safe.
 */
final class LateBlocks implements BlockFiles.Late, AutoCloseable {
  private static final Logger LOG = System.getLogger(LateBlocks.class.getName());

  /** Bytes that wait for the disk; who brings more waits with them. */
  private static final long MAX_WAITING = 64L << 20;

  private final Database database;
  private final BlockFiles files;
  private final PartialPaths partial;
  private final Map<Cid, FutureTask<byte[]>> coming = new HashMap<>();
  private final Map<Cid, byte[]> waiting = new LinkedHashMap<>();
  private long waitingBytes;
  private Thread writer;
  private boolean closed;
  private volatile BlockSources sources = BlockSources.NONE;
  private volatile long asked = System.nanoTime();

  LateBlocks(Database database, BlockFiles files, PartialPaths partial) {
    this.database = database;
    this.files = files;
    this.partial = partial;
  }

  /** From here on blocks are asked for there. */
  void from(BlockSources there) {
    this.sources = there;
  }

  /** How long nobody has waited for a block, in nanoseconds. */
  long quiet() {
    return System.nanoTime() - asked;
  }

  /** Counts as waiting for a block. */
  void touch() {
    asked = System.nanoTime();
  }

  @Override
  public boolean any() {
    return partial.any();
  }

  @Override
  public byte[] get(Cid cid) throws IOException {
    touch();
    try {
      return fetch(cid);
    } finally {
      touch();
    }
  }

  /** The same for nobody who waits. */
  byte[] fetch(Cid cid) throws IOException {
    FutureTask<byte[]> task;
    synchronized (this) {
      byte[] held = waiting.get(cid);
      if (held != null) {
        return held;
      }
      task = coming.get(cid);
      if (task == null) {
        FutureTask<byte[]> fresh = new FutureTask<>(() -> load(cid));
        coming.put(cid, fresh);
        Thread.ofVirtual().name("bc-late-block").start(fresh);
        task = fresh;
      }
    }
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw new IOException(cause.getMessage(), cause);
        case FormatException cause -> throw new IOException(cause.getMessage(), cause);
        case StoreException cause -> throw new StoreException(cause.getMessage(), cause);
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private byte[] load(Cid cid) throws IOException {
    try {
      if (files.place(cid).isPresent()) {
        return files.readAndCheck(cid);
      }
      byte[] data = sources.get(partial.places(), cid.toString());
      if (data.length > Block.MAX_SIZE || !cid.matches(data)) {
        throw new IOException("other bytes came for block " + cid);
      }
      FolderNames.check(cid, data);
      write(cid, data);
      return data;
    } finally {
      synchronized (this) {
        coming.remove(cid);
      }
    }
  }

  private synchronized void write(Cid cid, byte[] data) throws IOException {
    try {
      while (waitingBytes > MAX_WAITING && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    if (closed) {
      return;
    }
    waiting.put(cid, data);
    waitingBytes += data.length;
    if (writer == null) {
      writer = Thread.ofPlatform().daemon().name("bc-late-blocks").start(this::writeAll);
    }
    notifyAll();
  }

  private void writeAll() {
    while (true) {
      Map<Cid, byte[]> some;
      synchronized (this) {
        while (waiting.isEmpty()) {
          if (closed) {
            return;
          }
          try {
            wait();
          } catch (InterruptedException e) {
            return;
          }
        }
        some = new LinkedHashMap<>(waiting);
      }
      try {
        store(some);
      } catch (IOException | StoreException e) {
        // Who waits for them has them; who reads them later asks for them again.
        LOG.log(Level.WARNING, "cannot keep blocks that were fetched: " + e.getMessage());
      } finally {
        synchronized (this) {
          some.keySet().forEach(waiting::remove);
          waitingBytes -= some.values().stream().mapToLong(d -> d.length).sum();
          notifyAll();
        }
      }
    }
  }

  private void store(Map<Cid, byte[]> some) throws IOException {
    try (BlockBatch batch = files.batch()) {
      for (Map.Entry<Cid, byte[]> entry : some.entrySet()) {
        batch.put(new Block(entry.getKey(), entry.getValue()));
      }
      Map<Cid, BlockPlace> fresh = batch.publish();
      database.write(
          w -> fresh.forEach((cid, place) -> w.put(BLOCKS, cid.bytes(), place.encode())));
      batch.keep();
    }
  }

  /** Waits until all that has come is on the disk. */
  synchronized void flush() throws InterruptedException {
    while (!waiting.isEmpty()) {
      wait();
    }
  }

  /** Ends it; what has come is written. */
  @Override
  public void close() {
    Thread last;
    synchronized (this) {
      closed = true;
      last = writer;
      notifyAll();
    }
    try {
      if (last != null) {
        last.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
