package org.buildchain.hashrewrite;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where hashes stood in one file before they were zeroed: ascending offsets of occurrences that do
 * not overlap, and which hash stood at each. Immutable.
 */
public final class Rewrites {
  /** No occurrence. */
  public static final Rewrites NONE = new Rewrites(new long[0], new int[0]);

  private final long[] offsets;
  private final int[] hashes;

  private Rewrites(long[] offsets, int[] hashes) {
    this.offsets = offsets;
    this.hashes = hashes;
  }

  /** Occurrences of the hash of index 0 only; see {@link #of(long[], int[])}. */
  public static Rewrites of(long... offsets) {
    return of(offsets, new int[offsets.length]);
  }

  /**
   * @param hashes the index of the hash at each offset
   * @throws IllegalArgumentException if an offset or index is negative, or the offsets do not
   *     ascend, or overlap
   */
  public static Rewrites of(long[] offsets, int[] hashes) {
    if (offsets.length != hashes.length) {
      throw new IllegalArgumentException("offsets and hashes differ in number");
    }
    long free = 0;
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] < free || offsets[i] > Long.MAX_VALUE - HashFinder.LENGTH) {
        throw new IllegalArgumentException("offset " + offsets[i] + " comes before " + free);
      }
      if (hashes[i] < 0) {
        throw new IllegalArgumentException("negative index of a hash");
      }
      free = offsets[i] + HashFinder.LENGTH;
    }
    return offsets.length == 0 ? NONE : new Rewrites(offsets.clone(), hashes.clone());
  }

  /** How many there are. */
  public int count() {
    return offsets.length;
  }

  /** The offsets. */
  public long[] offsets() {
    return offsets.clone();
  }

  /** The index of the hash at each offset. */
  public int[] hashes() {
    return hashes.clone();
  }

  /** How many bytes from a position on, at most {@code length}, no occurrence has a part in. */
  public long untouched(long position, long length) {
    int i = Arrays.binarySearch(offsets, position - HashFinder.LENGTH + 1);
    i = i < 0 ? -i - 1 : i;
    return i == offsets.length ? length : Math.clamp(offsets[i] - position, 0, length);
  }

  /** The same occurrences with {@code numbers[h]} in place of each index {@code h}. */
  public Rewrites renumbered(int[] numbers) {
    return of(offsets, Arrays.stream(hashes).map(h -> numbers[h]).toArray());
  }

  /**
   * Puts the hashes back into a part of the file: also those of their bytes that lie in the part
   * where an occurrence begins before it or ends behind it.
   *
   * @param texts by index, the 32 digits of each hash, ASCII
   * @param position where in the file the part begins
   * @param data holds the part at {@code [from, from + length)}; its position stays
   */
  public void restore(byte[][] texts, long position, ByteBuffer data, int from, int length) {
    if (offsets.length == 0) {
      return;
    }
    int i = Arrays.binarySearch(offsets, position - HashFinder.LENGTH + 1);
    for (i = i < 0 ? -i - 1 : i; i < offsets.length && offsets[i] < position + length; i++) {
      long begin = Math.max(offsets[i], position);
      long end = Math.min(offsets[i] + HashFinder.LENGTH, position + length);
      data.put(
          from + (int) (begin - position),
          texts[hashes[i]],
          (int) (begin - offsets[i]),
          (int) (end - begin));
    }
  }
}
