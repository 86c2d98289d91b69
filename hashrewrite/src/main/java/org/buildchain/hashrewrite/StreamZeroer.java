package org.buildchain.hashrewrite;

import java.util.Arrays;
import java.util.List;

/**
 * Passes a stream on with each occurrence of one hash zeroed, and keeps where they stood. For one
 * thread.
 */
public final class StreamZeroer {
  private static final int BUFFER = 1 << 16;

  private final HashFinder finder;
  private final HashZeroer.RawSink sink;
  private final byte[] buffer = new byte[BUFFER];
  private int filled;
  private long position;
  private long free;
  private long[] offsets = new long[8];
  private int count;

  /**
   * @param hash 32 digits of nix-base32
   * @param sink gets the stream with the hash zeroed; the bytes are reused after
   */
  public StreamZeroer(String hash, HashZeroer.RawSink sink) {
    this.finder = new HashFinder(List.of(hash));
    this.sink = sink;
  }

  /** Takes bytes of the stream. */
  public void write(byte[] data, int offset, int length) {
    int at = offset;
    int left = length;
    while (left > 0) {
      int n = Math.min(left, buffer.length - filled);
      System.arraycopy(data, at, buffer, filled, n);
      filled += n;
      at += n;
      left -= n;
      if (filled == buffer.length) {
        drain(filled - HashFinder.LENGTH + 1);
      }
    }
  }

  /** Ends the stream; gives where the hash stood. */
  public Rewrites finish() {
    drain(filled);
    return Rewrites.of(Arrays.copyOf(offsets, count));
  }

  private void drain(int upTo) {
    finder.scan(buffer, 0, upTo, filled, this::found);
    for (int i = count - 1; i >= 0 && offsets[i] >= position; i--) {
      int at = (int) (offsets[i] - position);
      Arrays.fill(buffer, at, at + HashFinder.LENGTH, (byte) 0);
    }
    sink.take(buffer, 0, upTo);
    System.arraycopy(buffer, upTo, buffer, 0, filled - upTo);
    filled -= upTo;
    position += upTo;
  }

  private void found(int hash, int at) {
    if (position + at < free) {
      return;
    }
    free = position + at + HashFinder.LENGTH;
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
    }
    offsets[count++] = position + at;
  }
}
