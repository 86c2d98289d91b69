package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;

/**
 * The bytes of a NAR from one cache after the other: where one stalls or breaks off, the next goes
 * on. What they make together is held to the NAR's hash by whoever reads it.
 */
final class NarRelay extends InputStream {
  private final long size;
  private final Next next;
  private InputStream in;
  private long position;

  /** Finds somebody else. */
  @FunctionalInterface
  interface Next {
    /** The bytes from {@code position} on; empty if nobody else has them. */
    Optional<InputStream> from(long position, IOException why);
  }

  /**
   * @param size of the NAR
   */
  NarRelay(InputStream first, long size, Next next) {
    this.in = first;
    this.size = size;
    this.next = next;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    while (true) {
      try {
        int n = in.read(into, at, length);
        if (n < 0 && position < size) {
          throw new IOException("the NAR ends after " + position + " of " + size + " bytes");
        }
        position += Math.max(n, 0);
        return n;
      } catch (IOException e) {
        in.close();
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("interrupted");
        }
        in = next.from(position, e).orElseThrow(() -> e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
