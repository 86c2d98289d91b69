package org.buildchain.store.disk;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarWriter;

/**
 * SHA-256 of a long stream, taken on another core than the stream comes from: a NAR is digested as
 * a whole and its files' blocks once more, and neither has to wait for the other. For one stream.
 *
 * <p>The thread that digests is the platform's: a virtual one would wait for a carrier, and imports
 * that are in LMDB or {@code fsync}, or wait for their digests in a call from C, may hold all of
 * those. It ends when it has caught up with the stream, so that nothing is left of one that is
 * given up.
 */
final class SideDigest implements NarWriter.Sink {
  private static final int BUFFER = 1 << 20;
  private static final int BUFFERS = 4;

  private final MessageDigest digest = HashAlgorithm.SHA256.newDigest();
  private final BlockingQueue<byte[]> full = new ArrayBlockingQueue<>(BUFFERS);
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);

  /** How many buffers are full and not digested yet. */
  private final AtomicInteger waiting = new AtomicInteger();

  private Optional<Thread> thread = Optional.empty();
  private byte[] buffer = new byte[8 << 10];
  private int filled;
  private int made;

  @Override
  public void write(byte[] data, int offset, int length) {
    while (length > 0) {
      if (filled == buffer.length) {
        next();
      }
      int n = Math.min(length, buffer.length - filled);
      System.arraycopy(data, offset, buffer, filled, n);
      filled += n;
      offset += n;
      length -= n;
    }
  }

  /** Hands on what is full. What is short never leaves the thread it came from. */
  private void next() {
    if (buffer.length < BUFFER) {
      buffer = java.util.Arrays.copyOf(buffer, Math.min(BUFFER, buffer.length * 8));
      return;
    }
    full.add(buffer);
    if (waiting.getAndIncrement() == 0) {
      // The one before has digested all that it was given.
      thread = Optional.of(Thread.ofPlatform().daemon().name("digest").start(this::run));
    }
    try {
      buffer = ++made < BUFFERS && free.isEmpty() ? new byte[BUFFER] : free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("interrupted while digesting"));
    }
    filled = 0;
  }

  private void run() {
    do {
      byte[] next = full.remove();
      digest.update(next, 0, next.length);
      free.add(next);
    } while (waiting.decrementAndGet() > 0);
  }

  /** The digest of all that came. */
  Hash finish() {
    boolean interrupted = false;
    while (thread.isPresent()) {
      try {
        thread.get().join();
        thread = Optional.empty();
      } catch (InterruptedException e) {
        // It takes a few milliseconds.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    digest.update(buffer, 0, filled);
    return new Hash(HashAlgorithm.SHA256, digest.digest());
  }
}
