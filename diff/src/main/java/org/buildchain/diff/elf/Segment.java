package org.buildchain.diff.elf;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.store.format.FormatException;

/**
 * An entry of the table of segments.
 *
 * @param offset where its content stands in the file
 * @param size how long that is
 * @param alignment of its place in memory
 */
record Segment(int type, int flags, long offset, long size, long alignment) {
  private static final int MAX = 1_000;
  private static final int LOAD = 1;
  private static final int GNU_STACK = 0x6474e551;
  private static final int EXECUTE = 1;
  private static final int I386 = 3;
  private static final int X86_64 = 62;
  private static final long SMALLEST_PAGE = 4096;
  private static final long LARGEST_PAGE = 65536;

  /**
   * All of a file.
   *
   * @throws FormatException if there are too many, or not as many
   */
  static List<Segment> all(ElfHeader h, Bytes file) {
    if (h.segments() > MAX) {
      throw new FormatException("ELF file", "more than " + MAX + " segments");
    }
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < h.segments(); i++) {
      Bytes e = file.slice(h.segmentsAt() + (long) i * h.segmentSize(), h.segmentSize());
      int w = h.word();
      segments.add(
          new Segment(
              (int) h.number(e, 0, 4),
              (int) h.number(e, h.wide() ? 4 : 24, 4),
              h.number(e, h.wide() ? 8 : 4, w),
              h.number(e, h.wide() ? 32 : 16, w),
              h.number(e, h.wide() ? 48 : 28, w)));
    }
    return segments;
  }

  /**
   * Whether kernels let such a program run what it can only read: those that ask for a stack that
   * is executed, or, of 32 bits, that do not ask for another.
   */
  static boolean readableIsExecutable(ElfHeader h, List<Segment> segments) {
    return segments.stream().anyMatch(s -> s.type == GNU_STACK && s.isExecutable())
        || (!h.wide() && segments.stream().noneMatch(s -> s.type == GNU_STACK));
  }

  /** Whether it is in memory when the program runs. */
  boolean isLoaded() {
    return type == LOAD;
  }

  /** Whether instructions are taken from it. */
  boolean isExecutable() {
    return (flags & EXECUTE) != 0;
  }

  /** The largest page of which the kernel may load what surrounds the segment in the file. */
  long page(ElfHeader h) {
    return h.machine() == I386 || h.machine() == X86_64
        ? SMALLEST_PAGE
        : Math.clamp(alignment, SMALLEST_PAGE, LARGEST_PAGE);
  }
}
