package org.buildchain.substituter.worker.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.buildchain.store.format.FormatException;

/**
 * A stream within the stream: frames of a length and so many bytes, ended by one of length 0. It is
 * left where it is when closed: {@link #skipRest} finds the end.
 */
public final class FramedInput extends InputStream {
  /** The longest frame that is believed; Nix's are of 64 KiB or less. */
  private static final int MAX_FRAME = 1 << 30;

  private final WireReader from;
  private long left;
  private boolean ended;

  /** Where a length can't be read, nobody knows where what follows begins. */
  private boolean broken;

  /** What the next frames of {@code from} hold. */
  public FramedInput(WireReader from) {
    this.from = from;
  }

  private boolean more() throws IOException {
    if (left == 0 && !ended) {
      broken = true;
      left = from.number("length of a frame", MAX_FRAME);
      broken = false;
      ended = left == 0;
    }
    return !ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!more()) {
      return -1;
    }
    int n = from.raw().read(into, at, (int) Math.min(length, left));
    if (n < 0) {
      throw new EOFException("unexpected end-of-file");
    }
    left -= n;
    return n;
  }

  /** Fails unless all of it was read. */
  void requireEnd(String what) throws IOException {
    if (more()) {
      throw new FormatException(what, "is followed by something else");
    }
  }

  /**
   * Reads what is left of it.
   *
   * @param most so many bytes at most
   * @throws FormatException if there are more, or its end can't be found
   */
  public void skipRest(long most) throws IOException {
    if (broken) {
      throw new FormatException("stream", "has lost its frames");
    }
    byte[] buffer = new byte[1 << 13];
    long skipped = 0;
    for (int n; (n = read(buffer, 0, buffer.length)) >= 0; ) {
      skipped += n;
      if (skipped > most) {
        throw new FormatException("stream", "goes on for more than " + most + " bytes");
      }
    }
  }
}
