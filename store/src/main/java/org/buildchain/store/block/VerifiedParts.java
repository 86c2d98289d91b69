package org.buildchain.store.block;

import java.util.BitSet;
import java.util.LinkedHashMap;
import org.buildchain.store.posix.FileStamp;

/** Which blocks of packs were found right, while the packs' files are the same. Thread-safe. */
final class VerifiedParts {
  /** There is a bit for so many bytes, so that blocks as long as that begin in different ones. */
  private static final int GRAIN = 32;

  /** 8 MiB, for 2 GiB of packs. */
  private static final long MOST_BITS = 1L << 26;

  private final LinkedHashMap<Long, Pack> packs = new LinkedHashMap<>(16, 0.75f, true);
  private long bits;

  /** What was found right in one file. Thread-safe. */
  static final class Pack {
    private final FileStamp stamp;
    private final BitSet found = new BitSet();

    private Pack(FileStamp stamp) {
      this.stamp = stamp;
    }

    /** Whether a block was found right; shorter ones than a bit stands for never were. */
    synchronized boolean knows(long offset, int length) {
      return length >= GRAIN && found.get(bit(offset));
    }

    /** A block was found right. */
    synchronized void add(long offset, int length) {
      if (length >= GRAIN && offset < MOST_BITS * GRAIN) {
        found.set(bit(offset));
      }
    }

    private static int bit(long offset) {
      return (int) Math.min(Integer.MAX_VALUE, (offset + GRAIN - 1) / GRAIN);
    }

    private long bits() {
      return stamp.size() / GRAIN;
    }
  }

  /** For a file of which nothing is to be remembered. */
  static Pack forNow(FileStamp stamp) {
    return new Pack(stamp);
  }

  /** What is known of a pack whose file looks like this now. */
  synchronized Pack of(long number, FileStamp stamp) {
    Pack known = packs.get(number);
    if (known != null && known.stamp.equals(stamp)) {
      return known;
    }
    if (known != null) {
      bits -= known.bits();
    }
    Pack pack = new Pack(stamp);
    packs.put(number, pack);
    bits += pack.bits();
    var oldest = packs.entrySet().iterator();
    while (bits > MOST_BITS && packs.size() > 1) {
      bits -= oldest.next().getValue().bits();
      oldest.remove();
    }
    return pack;
  }
}
