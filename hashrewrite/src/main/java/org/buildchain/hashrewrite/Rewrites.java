package org.buildchain.hashrewrite;

import java.util.Arrays;

/**
 * Where a hash stood in one file before it was zeroed: ascending offsets of occurrences that do not
 * overlap. Immutable.
 */
public final class Rewrites {
  /** No occurrence. */
  public static final Rewrites NONE = new Rewrites(new long[0]);

  private final long[] offsets;

  private Rewrites(long[] offsets) {
    this.offsets = offsets;
  }

  /**
   * @throws IllegalArgumentException if the offsets are negative, do not ascend, or overlap
   */
  public static Rewrites of(long... offsets) {
    long free = 0;
    for (long offset : offsets) {
      if (offset < free) {
        throw new IllegalArgumentException("offset " + offset + " comes before " + free);
      }
      free = offset + HashFinder.LENGTH;
    }
    return offsets.length == 0 ? NONE : new Rewrites(offsets.clone());
  }

  /** How many there are. */
  public int count() {
    return offsets.length;
  }

  /** The offsets. */
  public long[] offsets() {
    return offsets.clone();
  }

  /**
   * Puts the hash back into a part of the file: also those of its bytes that lie in the part where
   * an occurrence begins before it or ends behind it.
   *
   * @param hash the 32 digits, ASCII
   * @param position where in the file the part begins
   * @param data holds the part at {@code [from, from + length)}
   */
  public void restore(byte[] hash, long position, byte[] data, int from, int length) {
    if (offsets.length == 0) {
      return;
    }
    int i = Arrays.binarySearch(offsets, position - HashFinder.LENGTH + 1);
    for (i = i < 0 ? -i - 1 : i; i < offsets.length && offsets[i] < position + length; i++) {
      long begin = Math.max(offsets[i], position);
      long end = Math.min(offsets[i] + HashFinder.LENGTH, position + length);
      System.arraycopy(
          hash,
          (int) (begin - offsets[i]),
          data,
          from + (int) (begin - position),
          (int) (end - begin));
    }
  }
}
