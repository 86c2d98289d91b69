package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.buildchain.store.ipld.UnixFsWriter;

/**
 * Makes a large file's chunks blocks on another core than reads the file: the blocks' digests and
 * writing them take as long as reading and looking for references. A small file's chunks never
 * leave the thread. For one file and one thread; whatever the writer does has been done when {@link
 * #finish} or {@link #close} returns.
 */
final class SideChunks implements AutoCloseable {
  /** Smaller files are not worth a thread. */
  private static final long LARGE = 8L * UnixFsWriter.CHUNK;

  /** So many chunks may wait: some megabytes. */
  private static final int AHEAD = 6;

  private final UnixFsWriter.FileWriter writer;
  private final BlockingQueue<Optional<byte[]>> queue = new ArrayBlockingQueue<>(AHEAD);
  private final Optional<Thread> thread;
  private volatile Optional<Throwable> failure = Optional.empty();
  private boolean ended;

  /**
   * @param size the file's length in bytes
   */
  SideChunks(UnixFsWriter.FileWriter writer, long size) {
    this.writer = writer;
    this.thread =
        size < LARGE
            ? Optional.empty()
            : Optional.of(Thread.ofPlatform().daemon().name("chunks").start(this::run));
  }

  private void run() {
    try {
      for (Optional<byte[]> chunk; (chunk = queue.take()).isPresent(); ) {
        if (failure.isEmpty()) {
          try {
            writer.chunk(chunk.get());
          } catch (IOException | RuntimeException | Error e) {
            // What still comes is taken and dropped, so that nobody waits for room.
            failure = Optional.of(e);
          }
        }
      }
    } catch (InterruptedException e) {
      // Nobody does, but whoever waits must not take the file for whole.
      failure = Optional.of(new InterruptedIOException("interrupted while storing a file"));
    }
  }

  /** Adds a chunk, which the caller no longer touches. */
  void put(byte[] chunk) throws IOException {
    if (thread.isEmpty()) {
      writer.chunk(chunk);
      return;
    }
    check();
    hand(Optional.of(chunk));
  }

  /**
   * Waits until all chunks are blocks.
   *
   * @throws IOException if one could not be stored
   */
  void finish() throws IOException {
    close();
    check();
  }

  private void check() throws IOException {
    switch (failure.orElse(null)) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IOException(e);
    }
  }

  private void hand(Optional<byte[]> chunk) throws IOException {
    try {
      queue.put(chunk);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while storing a file");
    }
  }

  @Override
  public void close() {
    if (ended || thread.isEmpty()) {
      return;
    }
    ended = true;
    // Without regard to interruptions: it takes no longer than what waits, and nothing of the file
    // may be touched after.
    boolean interrupted = false;
    for (boolean handed = false; thread.get().isAlive(); ) {
      try {
        if (!handed) {
          queue.put(Optional.empty());
          handed = true;
        }
        thread.get().join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
