package org.buildchain.fuse;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How files and folders are being read, and what follows from it. Thread-safe. */
final class Progress {
  private static final int KEPT = 512;

  /**
   * How many chunks ahead of a reader are verified, at first and at most: while the reader gets one
   * group, two threads verify the next two.
   */
  private static final int FIRST_AHEAD = 4;

  private static final int MAX_AHEAD = 48;

  /** What the kernel asks for on behalf of somebody who reads on, at least. */
  private static final int LONG_READ = 128 << 10;

  /** From so many readings here and there on, chunks come in groups of so many. */
  private static final int SINGLE_CHUNKS = 8;

  private static final int GROUP = 16;

  /** Up to this length, reading here and there has the rest of a file read, too. */
  private static final long MOST_GUESSED = 4L << 30;

  /** How many small files are given at once, at first and at most. */
  private static final int FIRST_WINDOW = 4;

  private static final int MAX_WINDOW = 64;

  private final Map<Long, File> files = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<Long, Folder> folders = new LinkedHashMap<>(64, 0.75f, true);

  /** How many files were read in order lately. */
  private int momentum;

  /**
   * What to do.
   *
   * @param give chunks that the kernel is to get
   * @param verify chunks that are to be verified
   */
  record Advice(List<Long> give, Chunks verify) {
    private static final Advice NOTHING = new Advice(List.of(), Chunks.NONE);
  }

  /** Numbers of chunks from {@code first} to before {@code end}. */
  record Chunks(long first, long end) {
    private static final Chunks NONE = new Chunks(0, 0);

    boolean isEmpty() {
      return first >= end;
    }
  }

  /** How a file is being read. */
  static final class File {
    /** Where a reader from the beginning on goes on. */
    private long next;

    /** Chunks before this one are verified, or will be. */
    private long verified;

    /** How many chunks ahead of the reader are asked for. */
    private int window = FIRST_AHEAD;

    /** How many times it was read here and there. */
    private int jumps;

    private final BitSet giving = new BitSet();
    private final BitSet given = new BitSet();

    /** These bytes were asked for and read. */
    synchronized Advice noticed(long offset, int length, long size) {
      long chunk = offset / ReadAhead.CHUNK;
      long last = (size - 1) / ReadAhead.CHUNK;
      // The kernel reads ahead in several long requests, which several threads answer: the order in
      // which that is noticed may be another.
      long near = (length >= LONG_READ ? 8L : 1L) * ReadAhead.CHUNK;
      boolean on = offset >= next - near && offset <= next + near;
      boolean whole = length >= Math.min(ReadAhead.CHUNK, size - offset);
      next = Math.max(on ? next : 0, offset + length);
      if (on && (offset > 0 || whole || length > 16 << 10)) {
        return ahead(chunk, last);
      }
      verified = 0;
      window = FIRST_AHEAD;
      if (whole && offset % ReadAhead.CHUNK == 0) {
        return Advice.NOTHING;
      }
      return hereAndThere((int) chunk, (int) last, size);
    }

    /** Asks for more when a group, or half of what was asked for, is behind the reader. */
    private Advice ahead(long chunk, long last) {
      long from = Math.max(chunk + 1, verified);
      long end = Math.min(chunk + window, last) + 1;
      if (from >= end || from - chunk > window - Math.min(window / 2, GROUP) + 1) {
        return Advice.NOTHING;
      }
      verified = end;
      window = Math.min(2 * window, MAX_AHEAD);
      return new Advice(List.of(), new Chunks(from, end));
    }

    private Advice hereAndThere(int chunk, int last, long size) {
      if (giving.get(chunk)) {
        return Advice.NOTHING;
      }
      int first = chunk - chunk % GROUP;
      if (given.get(chunk)) {
        // The kernel had it and asks again: it has dropped it, and what stands beside it as well.
        given.clear(first, first + GROUP);
      }
      giving.set(chunk);
      List<Long> give = new ArrayList<>();
      give.add((long) chunk);
      if (++jumps > SINGLE_CHUNKS && size <= MOST_GUESSED) {
        for (int i = first; i <= Math.min(first + GROUP - 1, last); i++) {
          if (!giving.get(i) && !given.get(i)) {
            giving.set(i);
            give.add((long) i);
          }
        }
      }
      return new Advice(List.copyOf(give), Chunks.NONE);
    }

    /** The kernel has got a chunk. */
    synchronized void given(long chunk) {
      giving.clear((int) chunk);
      given.set((int) chunk);
    }

    /** The kernel won't get a chunk after all. */
    synchronized void dropped(long chunk) {
      giving.clear((int) chunk);
    }
  }

  /** How the small files of a folder are being read. */
  private static final class Folder {
    /** The place of the one that was asked for last. */
    private int last = -1;

    /** The kernel has got those before this place, but for one. */
    private int end;

    private int window;
  }

  /** What is known of a file. */
  synchronized File of(long id) {
    return kept(files, id, new File());
  }

  private static <T> T kept(Map<Long, T> map, long id, T fresh) {
    T before = map.putIfAbsent(id, fresh);
    if (map.size() > KEPT) {
      var oldest = map.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return before == null ? fresh : before;
  }

  /**
   * A small file of a listed folder was asked for.
   *
   * @param place in the listing
   * @param count of the listing
   * @return the places of those that the kernel is to get
   */
  synchronized int[] siblings(long id, int place, int count) {
    Folder folder = kept(folders, id, new Folder());
    boolean first = folder.last < 0;
    if (place < folder.last || (!first && place > folder.end + 1)) {
      // Not in order: begin anew.
      momentum = 0;
      folder.window = 0;
      folder.end = place + 1;
      folder.last = place;
      return new int[0];
    }
    momentum = Math.min(momentum + 1, 2 * MAX_WINDOW);
    folder.last = place;
    if (first) {
      folder.end = place + 1;
      // Whoever has read one folder through goes on with the next.
      folder.window = Math.min(momentum, MAX_WINDOW);
      if (momentum < FIRST_WINDOW) {
        return new int[0];
      }
    } else {
      folder.window = Math.clamp(folder.window * 2L, FIRST_WINDOW, MAX_WINDOW);
    }
    int from = Math.max(folder.end, place + 1);
    int to = Math.min(from + folder.window, count);
    folder.end = Math.max(to, from);
    if (to <= from) {
      return new int[0];
    }
    // One in the middle is left out: that it is asked for tells that reading goes on.
    int tripwire = to < count ? from + (to - from) / 2 : -1;
    return java.util.stream.IntStream.range(from, to).filter(i -> i != tripwire).toArray();
  }
}
