package org.buildchain.hashrewrite;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Reads files once, in blocks: reports which hashes occur, gives each block with one of the hashes
 * zeroed, and keeps where that one stood. An occurrence that straddles two blocks is zeroed in
 * both. For one thread and, after each {@link #begin}, one file.
 */
public final class HashZeroer {
  private static final int SMALLEST_BUFFER = 1 << 13;

  private final HashFinder finder;
  private final int zeroed;
  private final int blockSize;
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
  private int count;

  /** Takes a file's bytes as they are read, before any hash is zeroed. */
  @FunctionalInterface
  public interface RawSink {
    /** The bytes are reused after. */
    void take(byte[] data, int offset, int length);
  }

  /**
   * @param finder knows the hashes that are looked for
   * @param zeroed the index in it of the hash to zero, or −1
   * @param blockSize in bytes, at least 32
   */
  public HashZeroer(HashFinder finder, int zeroed, int blockSize) {
    this.finder = finder;
    this.zeroed = zeroed;
    this.blockSize = blockSize;
  }

  /**
   * Goes on to another file.
   *
   * @param size its length as far as known; only the buffer's size depends on it
   * @param raw gets all of its bytes, in order
   */
  public void begin(InputStream in, long size, RawSink raw) {
    this.in = in;
    this.raw = raw;
    ended = false;
    given = 0;
    available = 0;
    position = 0;
    free = 0;
    count = 0;
    int least = Math.min(SMALLEST_BUFFER, 2 * blockSize);
    if (buffer.length < Math.clamp(size + 1, least, 2 * blockSize)) {
      buffer = new byte[size < least ? least : 2 * blockSize];
    }
  }

  /** The file's next block: {@code blockSize} bytes, or fewer in the last one. Empty at the end. */
  public byte[] next() throws IOException {
    System.arraycopy(buffer, given, buffer, 0, available - given);
    available -= given;
    position += given;
    fill();
    given = Math.min(available, blockSize);
    finder.scan(buffer, 0, given, available, this::found);
    for (int i = count - 1; i >= 0 && offsets[i] >= position; i--) {
      int at = (int) (offsets[i] - position);
      Arrays.fill(buffer, at, at + HashFinder.LENGTH, (byte) 0);
    }
    return Arrays.copyOf(buffer, given);
  }

  private void fill() throws IOException {
    while (!ended) {
      if (available == buffer.length) {
        if (buffer.length >= 2 * blockSize) {
          return;
        }
        buffer = Arrays.copyOf(buffer, 2 * blockSize);
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
    if (hash == zeroed && position + at >= free) {
      free = position + at + HashFinder.LENGTH;
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, Math.max(8, count * 2));
      }
      offsets[count++] = position + at;
    }
  }

  /** Where the zeroed hash stood in the file, as far as it was read. */
  public Rewrites rewrites() {
    return Rewrites.of(Arrays.copyOf(offsets, count));
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
