package org.buildchain.daemon.host.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The first bytes of a stream. */
public final class BoundedStream extends FilterInputStream {
  private long left;

  /**
   * @param length how many bytes
   */
  public BoundedStream(InputStream in, long length) {
    super(in);
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    int b = left > 0 ? super.read() : -1;
    left -= b >= 0 ? 1 : 0;
    return b;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int n = left > 0 ? super.read(buffer, offset, (int) Math.min(length, left)) : -1;
    left -= Math.max(n, 0);
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long done = super.skip(Math.min(n, left));
    left -= done;
    return done;
  }
}
