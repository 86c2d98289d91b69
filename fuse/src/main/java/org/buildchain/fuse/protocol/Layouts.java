package org.buildchain.fuse.protocol;

import java.lang.foreign.ValueLayout;

/** Numbers are in the machine's own order; messages need not be aligned. */
final class Layouts {
  static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
  static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

  /** {@code sizeof (struct fuse_in_header)}. */
  static final int IN_HEADER = 40;

  /** {@code sizeof (struct fuse_out_header)}. */
  static final int OUT_HEADER = 16;

  private Layouts() {}
}
