package org.buildchain.store.disk;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarWriter;

/**
 * SHA-256 of a long stream, taken on another core than the stream comes from: a NAR is digested as
 * a whole and its files' blocks once more, and neither has to wait for the other. For one stream.
 */
final class SideDigest implements NarWriter.Sink {
  private static final int BUFFER = 1 << 20;
  private static final int BUFFERS = 4;

  private final MessageDigest digest = HashAlgorithm.SHA256.newDigest();
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);
  private CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
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
    byte[] full = buffer;
    int length = filled;
    done =
        done.thenRunAsync(
            () -> {
              digest.update(full, 0, length);
              free.add(full);
            },
            Thread::startVirtualThread);
    try {
      buffer = ++made < BUFFERS && free.isEmpty() ? new byte[BUFFER] : free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("interrupted while digesting"));
    }
    filled = 0;
  }

  /** The digest of all that came. */
  Hash finish() {
    done.join();
    digest.update(buffer, 0, filled);
    return new Hash(HashAlgorithm.SHA256, digest.digest());
  }
}
