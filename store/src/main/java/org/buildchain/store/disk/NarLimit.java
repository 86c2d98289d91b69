package org.buildchain.store.disk;

import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/** Ends the reading of a tree that is larger than it says: few bytes can make a huge one. */
final class NarLimit {
  private final String what;
  private final StorePath path;
  private long left;

  /**
   * @param what is read
   * @param most bytes of NAR
   */
  NarLimit(String what, StorePath path, long most) {
    this.what = what;
    this.path = path;
    this.left = most;
  }

  /** Takes bytes of the NAR into account. */
  void count(byte[] data, int offset, int length) {
    left -= length;
    if (left < 0) {
      throw new FormatException(what, "'" + path + "' is larger than it says");
    }
  }
}
