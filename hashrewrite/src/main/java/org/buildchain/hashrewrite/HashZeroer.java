package org.buildchain.hashrewrite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Reads files once, in blocks: reports which hashes occur, gives each block with them zeroed, and
 * keeps where they stood. An occurrence that straddles two blocks is zeroed in both; of two that
 * overlap the first is. For one thread and, after each {@link #begin}, one file.
 */
public final class HashZeroer {
  private static final int SMALLEST_BUFFER = 1 << 13;

  /** So much is read ahead of a block, to be moved when it was given: at least two hashes. */
  private static final int AHEAD = 1 << 15;

  private final HashFinder finder;
  private final boolean zeroing;
  private final int blockSize;
  private final int mostBuffer;
  private final BitSet seen = new BitSet();
  private byte[] buffer = {};
  private InputStream in = InputStream.nullInputStream();
  private RawSink raw = (data, offset, length) -> {};
  private boolean ended;
  private int given;
  private int available;
  private long position;
  private long free;
  private long[] offsets = {};
  private int[] hashes = {};
  private int count;
  private int most;
  private Choice choice = (occurrences, bytes) -> true;

  /** Takes a file's bytes as they are read, before any hash is zeroed. */
  @FunctionalInterface
  public interface RawSink {
    /** The bytes are reused after. */
    void take(byte[] data, int offset, int length);
  }

  /** Decides whether the occurrences in a file of one block are zeroed. */
  @FunctionalInterface
  public interface Choice {
    /**
     * @param occurrences how many there are, at least 1
     * @param bytes the file's length
     */
    boolean zero(int occurrences, int bytes);
  }

  /**
   * @param finder knows the hashes that are looked for
   * @param zeroing whether they are zeroed, or only reported
   * @param blockSize in bytes, at least 32
   */
  public HashZeroer(HashFinder finder, boolean zeroing, int blockSize) {
    this.finder = finder;
    this.zeroing = zeroing;
    this.blockSize = blockSize;
    this.mostBuffer = blockSize + AHEAD;
  }

  /**
   * Goes on to another file.
   *
   * @param size its length as far as known; only the buffer's size depends on it
   * @param raw gets all of its bytes, in order
   * @param most how many occurrences are zeroed; those after stay
   * @param choice is asked where the file is one block
   */
  public void begin(InputStream in, long size, RawSink raw, int most, Choice choice) {
    this.in = in;
    this.raw = raw;
    this.most = most;
    this.choice = choice;
    ended = false;
    given = 0;
    available = 0;
    position = 0;
    free = 0;
    count = 0;
    int least = Math.min(SMALLEST_BUFFER, mostBuffer);
    int wanted = Math.clamp(size + 1, least, mostBuffer);
    if (buffer.length < wanted) {
      // Twice as much at least: the next file may be a bit longer.
      buffer = new byte[Math.min(mostBuffer, Integer.highestOneBit(wanted) << 1)];
    }
  }

  /**
   * The file's next block: {@code blockSize} bytes, or fewer in the last one. Empty at the end. Its
   * bytes are reused after.
   */
  public ByteBuffer next() throws IOException {
    System.arraycopy(buffer, given, buffer, 0, available - given);
    available -= given;
    position += given;
    fill();
    given = Math.min(available, blockSize);
    finder.scan(buffer, 0, given, available, this::found);
    if (free > position + given) {
      // What overlaps the tail of the last one is seen now, before the tail is zeroed.
      int tail = (int) (free - position);
      finder.scan(buffer, given, tail, available, (hash, at) -> seen.set(hash));
    }
    boolean whole = position == 0 && ended && given == available;
    if (whole && count > 0 && !choice.zero(count, given)) {
      count = 0;
    }
    for (int i = count - 1; i >= 0 && offsets[i] >= position; i--) {
      int at = (int) (offsets[i] - position);
      Arrays.fill(buffer, at, at + HashFinder.LENGTH, (byte) 0);
    }
    return ByteBuffer.wrap(buffer, 0, given);
  }

  private void fill() throws IOException {
    while (!ended) {
      if (available == buffer.length) {
        if (buffer.length >= mostBuffer) {
          return;
        }
        buffer = Arrays.copyOf(buffer, mostBuffer);
      }
      int n = in.read(buffer, available, buffer.length - available);
      if (n < 0) {
        ended = true;
      } else {
        raw.take(buffer, available, n);
        available += n;
      }
    }
  }

  private void found(int hash, int at) {
    seen.set(hash);
    if (zeroing && count < most && position + at >= free) {
      free = position + at + HashFinder.LENGTH;
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, Math.max(8, count * 2));
        hashes = Arrays.copyOf(hashes, offsets.length);
      }
      hashes[count] = hash;
      offsets[count++] = position + at;
    }
  }

  /**
   * Where hashes were zeroed in the file, as far as it was read, by their indexes in the finder.
   */
  public Rewrites rewrites() {
    return Rewrites.of(Arrays.copyOf(offsets, count), Arrays.copyOf(hashes, count));
  }

  /** The indexes of the hashes that occurred in any of the files. */
  public BitSet seen() {
    return (BitSet) seen.clone();
  }

  /** Notes the hashes that occur in a text that is no file, a link's target. */
  public void scanText(byte[] text) {
    finder.scan(text, 0, text.length, text.length, (hash, at) -> seen.set(hash));
  }
}
