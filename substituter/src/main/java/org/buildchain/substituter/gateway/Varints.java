package org.buildchain.substituter.gateway;

import java.util.Arrays;
import org.buildchain.store.format.FormatException;

/** Reads numbers of 7 bits a byte, the lowest first, and what they measure. */
final class Varints {
  private final String what;
  private final byte[] bytes;
  private int at;

  Varints(String what, byte[] bytes) {
    this.what = what;
    this.bytes = bytes;
  }

  int position() {
    return at;
  }

  boolean atEnd() {
    return at == bytes.length;
  }

  long next() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (at == bytes.length) {
        throw new FormatException(what, at, "it is truncated");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new FormatException(what, at, "a number of too many digits");
  }

  byte[] bytes(long length) {
    if (length < 0 || length > bytes.length - at) {
      throw new FormatException(what, at, "it is truncated");
    }
    at += (int) length;
    return Arrays.copyOfRange(bytes, at - (int) length, at);
  }
}
