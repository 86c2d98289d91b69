package org.buildchain.derivation;

import java.security.MessageDigest;
import java.util.Arrays;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * A growing ATerm in bytes, so that what is digested is written once and converted never. Strings
 * are octet strings. Not thread-safe.
 */
final class ATermBuffer {
  /**
   * For each byte what stands behind the backslash, or 0 for those that are written as they are.
   */
  private static final byte[] ESCAPES = new byte[256];

  static {
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
    ESCAPES['\n'] = 'n';
    ESCAPES['\r'] = 'r';
    ESCAPES['\t'] = 't';
  }

  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

  private byte[] data;
  private int size;

  ATermBuffer(int capacity) {
    data = new byte[capacity];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  private void reserve(int more) {
    if (data.length - size < more) {
      long least = (long) size + more;
      if (least > MAX_SIZE) {
        throw new FormatException("derivation", "is longer than " + MAX_SIZE + " bytes");
      }
      data = Arrays.copyOf(data, (int) Math.min(MAX_SIZE, Math.max(2L * data.length, least)));
    }
  }

  ATermBuffer plain(char c) {
    reserve(1);
    data[size++] = (byte) c;
    return this;
  }

  // The conversion that keeps the low byte of each char is the one that octet strings need.
  @SuppressWarnings("deprecation")
  ATermBuffer plain(String octets) {
    int length = octets.length();
    reserve(length);
    octets.getBytes(0, length, data, size);
    size += length;
    return this;
  }

  /** A string in quotes, nothing in it escaped. */
  ATermBuffer simple(String octets) {
    return plain('"').plain(octets).plain('"');
  }

  /** A full store path in quotes. */
  ATermBuffer path(StoreDir dir, StorePath path) {
    return plain('"').plain(dir.path()).plain('/').plain(path.toString()).plain('"');
  }

  /** A string in quotes, escaped. */
  ATermBuffer string(String octets) {
    plain('"');
    int start = size;
    plain(octets);
    int escapes = 0;
    for (int i = start; i < size; i++) {
      if (ESCAPES[data[i] & 0xff] != 0) {
        escapes++;
      }
    }
    if (escapes > 0) {
      escape(start, escapes);
    }
    return plain('"');
  }

  /** Makes room for {@code count} backslashes behind {@code start}, from the end on. */
  private void escape(int start, int count) {
    reserve(count);
    int to = size + count;
    for (int from = size - 1; from >= start && to > from + 1; from--) {
      byte escape = ESCAPES[data[from] & 0xff];
      if (escape == 0) {
        data[--to] = data[from];
      } else {
        data[--to] = escape;
        data[--to] = '\\';
      }
    }
    size += count;
  }

  /** Ends a list whose elements each left a comma behind. */
  ATermBuffer endList() {
    if (data[size - 1] == ',') {
      data[size - 1] = ']';
      return this;
    }
    return plain(']');
  }

  /** Adds the bytes of another buffer from {@code from} to before {@code to}. */
  ATermBuffer part(ATermBuffer other, int from, int to) {
    reserve(to - from);
    System.arraycopy(other.data, from, data, size, to - from);
    size += to - from;
    return this;
  }

  /** The digest of all that was written. */
  Hash sha256() {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    digest.update(data, 0, size);
    return new Hash(HashAlgorithm.SHA256, digest.digest());
  }

  /** All that was written, an octet string. */
  @Override
  public String toString() {
    return Octets.of(data, 0, size);
  }
}
