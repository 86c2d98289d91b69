package org.buildchain.store.ipld;

import java.util.Arrays;
import org.buildchain.store.format.FormatException;

/** Fields of Protocol Buffers, as far as dag-pb and UnixFS have them. */
final class Proto {
  static final int VARINT = 0;
  static final int BYTES = 2;

  private Proto() {}

  /**
   * Makes a message, field by field. Bytes are put into an array here and not into the JDK's
   * stream: that locks for each, which costs little when it is compiled and the compiler much.
   */
  static final class Writer {
    /** What the longest number takes, and what stands before any field. */
    private static final int MAX_VARINT = 10;

    private byte[] data;
    private int at;

    /**
     * @param expected about how many bytes it will have
     */
    Writer(int expected) {
      this.data = new byte[expected];
    }

    Writer number(int field, long value) {
      room(2 * MAX_VARINT);
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Writer bytes(int field, byte[] value) {
      return bytes(field, value, value.length);
    }

    /** A field that is a message. */
    Writer message(int field, Writer value) {
      return bytes(field, value.data, value.at);
    }

    private Writer bytes(int field, byte[] value, int length) {
      room(2 * MAX_VARINT + length);
      varint((long) field << 3 | BYTES);
      varint(length);
      System.arraycopy(value, 0, data, at, length);
      at += length;
      return this;
    }

    private void varint(long value) {
      long v = value;
      while ((v & ~0x7fL) != 0) {
        data[at++] = (byte) (v & 0x7f | 0x80);
        v >>>= 7;
      }
      data[at++] = (byte) v;
    }

    private void room(int more) {
      if (more > data.length - at) {
        data = Arrays.copyOf(data, Math.max(Math.addExact(at, more), 2 * data.length));
      }
    }

    /** All of it. */
    byte[] toByteArray() {
      return Arrays.copyOf(data, at);
    }
  }

  /** Goes through the fields of a message. */
  static final class Reader {
    private final String what;
    private final byte[] data;
    private final int end;
    private int at;
    private int type;

    Reader(String what, byte[] data) {
      this.what = what;
      this.data = data;
      this.end = data.length;
    }

    /** The next field's number, or 0 at the end. */
    int next() {
      if (at == end) {
        return 0;
      }
      long tag = varint();
      type = (int) (tag & 7);
      long field = tag >>> 3;
      if (field == 0 || field > 1000 || (type != VARINT && type != BYTES)) {
        throw new FormatException(what, at, "unexpected field");
      }
      return (int) field;
    }

    /** The field's number; at least 0. */
    long number() {
      if (type != VARINT) {
        throw new FormatException(what, at, "expected a number");
      }
      long value = varint();
      if (value < 0) {
        throw new FormatException(what, at, "number out of range");
      }
      return value;
    }

    /** The field's bytes. */
    byte[] bytes() {
      if (type != BYTES) {
        throw new FormatException(what, at, "expected bytes");
      }
      long length = varint();
      if (length < 0 || length > end - at) {
        throw new FormatException(what, at, "length " + length + " exceeds what is left");
      }
      at += (int) length;
      return Arrays.copyOfRange(data, at - (int) length, at);
    }

    /** Where the reading stands: after {@link #bytes}, behind them. */
    int position() {
      return at;
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at == end) {
          throw new FormatException(what, at, "ended within a number");
        }
        byte b = data[at++];
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new FormatException(what, at, "number of more than 64 bits");
    }
  }
}
