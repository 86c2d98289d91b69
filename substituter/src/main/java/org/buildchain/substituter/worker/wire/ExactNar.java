package org.buildchain.substituter.worker.wire;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.buildchain.store.format.FormatException;

/** The NAR of a stated size that others follow. */
public final class ExactNar extends FilterInputStream {
  private long left;

  /**
   * The next {@code size} bytes of {@code in}, which is left open.
   *
   * @throws FormatException if {@code size} is below 0
   */
  public ExactNar(InputStream in, long size) {
    super(in);
    if (size < 0) {
      throw new FormatException("NAR", "has a size below 0");
    }
    this.left = size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    if (left == 0) {
      return length == 0 ? 0 : -1;
    }
    int n = in.read(into, at, (int) Math.min(length, left));
    if (n < 0) {
      throw new EOFException("unexpected end-of-file");
    }
    left -= n;
    return n;
  }

  /** Reads what nobody has read. */
  public void skipRest() throws IOException {
    byte[] buffer = new byte[1 << 13];
    while (read(buffer, 0, buffer.length) > 0) {
      // Goes nowhere.
    }
  }
}
