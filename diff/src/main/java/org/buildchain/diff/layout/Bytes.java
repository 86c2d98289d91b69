package org.buildchain.diff.layout;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * A part of an array, never copied. Every access is checked: one that leads out of it throws {@link
 * FormatException}.
 */
public final class Bytes {
  private final byte[] array;
  private final int from;
  private final int length;

  private Bytes(byte[] array, int from, int length) {
    this.array = array;
    this.from = from;
    this.length = length;
  }

  /** All of an array, which is not to be changed. */
  public static Bytes of(byte[] array) {
    return new Bytes(array, 0, array.length);
  }

  /** How many bytes there are. */
  public int length() {
    return length;
  }

  /** The part of {@code size} bytes at {@code offset}. */
  public Bytes slice(long offset, long size) {
    if (offset < 0 || size < 0 || offset > length || size > length - offset) {
      throw new FormatException(
          "file of " + length + " bytes", offset, "expected " + size + " bytes");
    }
    return new Bytes(array, from + (int) offset, (int) size);
  }

  /** The part from {@code offset} on. */
  public Bytes from(long offset) {
    return slice(offset, length - offset);
  }

  /** An unsigned byte. */
  public int u8(long offset) {
    if (offset < 0 || offset >= length) {
      throw new FormatException("file of " + length + " bytes", offset, "expected a byte");
    }
    return array[from + (int) offset] & 0xff;
  }

  /** A number of {@code size} bytes (1 to 8), the least significant first. */
  public long little(long offset, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | u8(offset + i);
    }
    return value;
  }

  /** A number of {@code size} bytes (1 to 8), the most significant first. */
  public long big(long offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | u8(offset + i);
    }
    return value;
  }

  /** Whether these octets stand at {@code offset}. */
  public boolean has(long offset, String octets) {
    if (offset < 0 || offset + octets.length() > length) {
      return false;
    }
    for (int i = 0; i < octets.length(); i++) {
      if (u8(offset + i) != octets.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Where the byte stands first at or behind {@code offset}; -1 if nowhere. */
  public int find(int b, long offset) {
    for (long i = Math.max(offset, 0); i < length; i++) {
      if (u8(i) == b) {
        return (int) i;
      }
    }
    return -1;
  }

  /** The octets up to a NUL or the end. */
  public String text() {
    int end = find(0, 0);
    return octets(0, end < 0 ? length : end);
  }

  /** All octets. */
  public String octets() {
    return octets(0, length);
  }

  private String octets(int offset, int size) {
    return Octets.of(array, from + offset, size);
  }

  /** The first octets, 80 at most. */
  public String start() {
    return octets(0, Math.min(length, 80));
  }

  /** Whether all bytes are zero. */
  public boolean isZero() {
    for (int i = 0; i < length; i++) {
      if (array[from + i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Where the first difference stands; -1 if there is none. */
  public int mismatch(Bytes other) {
    return Arrays.mismatch(
        array, from, from + length, other.array, other.from, other.from + other.length);
  }

  /** Whether both hold the same bytes. */
  public boolean same(Bytes other) {
    return mismatch(other) < 0;
  }

  /** The bytes as a read-only buffer. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(array, from, length).slice().asReadOnlyBuffer();
  }
}
