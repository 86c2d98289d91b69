package org.buildchain.daemon.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A client's standard input as it comes. The client is asked for it at the first read, and sends
 * all of it: at most {@link #MAX_BYTES} are kept until they are read.
 */
final class Incoming extends InputStream {
  /** The most that may wait to be read. */
  static final long MAX_BYTES = 256L << 20;

  private static final byte[] END = {};

  private final Runnable ask;
  private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
  private boolean asked;
  private byte[] current = {0};
  private int position = 1;
  private long received;

  /**
   * @param ask tells the client that its input is wanted
   */
  Incoming(Runnable ask) {
    this.ask = ask;
  }

  /** Takes bytes that the client sent; false if they are too many. */
  boolean accept(byte[] bytes) {
    received += bytes.length;
    if (received > MAX_BYTES) {
      return false;
    }
    if (bytes.length > 0) {
      queue.add(bytes);
    }
    return true;
  }

  /** The client's input has ended, or the client has. */
  void end() {
    queue.add(END);
  }

  @Override
  public int read() throws IOException {
    return available(1) ? current[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!available(1)) {
      return -1;
    }
    int n = Math.min(length, current.length - position);
    System.arraycopy(current, position, buffer, offset, n);
    position += n;
    return n;
  }

  private boolean available(int least) throws IOException {
    if (!asked) {
      asked = true;
      ask.run();
    }
    if (current.length == 0) {
      return false;
    }
    if (current.length - position < least) {
      try {
        current = queue.take();
        position = 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while reading standard input", e);
      }
    }
    return current.length > 0;
  }
}
