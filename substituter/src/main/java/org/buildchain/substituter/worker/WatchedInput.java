package org.buildchain.substituter.worker;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Reads a client's stream ahead, a little, in a thread of its own, so that its end is noticed while
 * a request is worked on: then the thread that works is interrupted.
 */
final class WatchedInput extends InputStream {
  private static final int CHUNK = 1 << 16;
  private static final int CHUNKS = 4;
  private static final byte[] END = {};

  private final InputStream from;
  private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS);
  private final Thread worker = Thread.currentThread();
  private final Thread reader = Thread.ofVirtual().name("worker-reader").unstarted(this::pump);
  private volatile boolean working;
  private volatile Optional<IOException> failure = Optional.empty();
  private byte[] chunk = {};
  private int at;
  private boolean ended;

  WatchedInput(InputStream from) {
    this.from = from;
    reader.start();
  }

  /** Whether the end of the stream interrupts the thread that made this. */
  void watch(boolean on) {
    working = on;
  }

  private void pump() {
    byte[] buffer = new byte[CHUNK];
    try {
      for (int n; (n = from.read(buffer)) >= 0; ) {
        if (n > 0) {
          chunks.put(Arrays.copyOf(buffer, n));
        }
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    } catch (InterruptedException e) {
      return;
    }
    if (working) {
      worker.interrupt();
    }
    try {
      chunks.put(END);
    } catch (InterruptedException e) {
      // Nobody reads any more.
    }
  }

  private boolean more() throws IOException {
    if (!ended && at == chunk.length) {
      try {
        chunk = chunks.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted");
      }
      at = 0;
      ended = chunk == END;
      if (ended && failure.isPresent()) {
        throw failure.get();
      }
    }
    return !ended;
  }

  @Override
  public int read() throws IOException {
    return more() ? chunk[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!more()) {
      return -1;
    }
    int n = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, into, offset, n);
    at += n;
    return n;
  }

  @Override
  public void close() {
    reader.interrupt();
  }
}
