package org.buildchain.diff.layout;

import org.buildchain.store.format.FormatException;

/** How many bytes may still be unpacked: archives are hostile, and may unpack to any length. */
public final class Budget {
  private long left;

  public Budget(long bytes) {
    this.left = bytes;
  }

  /** How many bytes are left. */
  public long left() {
    return left;
  }

  /**
   * Takes some.
   *
   * @throws FormatException if there are not so many left
   */
  public void take(long bytes) {
    if (bytes > left) {
      throw new FormatException("it unpacks to more bytes than are compared");
    }
    left -= bytes;
  }
}
