package org.buildchain.store.ipld;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.buildchain.store.format.FormatException;

/** Fields of Protocol Buffers, as far as dag-pb and UnixFS have them. */
final class Proto {
  static final int VARINT = 0;
  static final int BYTES = 2;

  private Proto() {}

  static void number(ByteArrayOutputStream out, int field, long value) {
    varint(out, (long) field << 3);
    varint(out, value);
  }

  static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    varint(out, (long) field << 3 | BYTES);
    varint(out, value.length);
    out.writeBytes(value);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long v = value;
    while ((v & ~0x7fL) != 0) {
      out.write((int) (v & 0x7f) | 0x80);
      v >>>= 7;
    }
    out.write((int) v);
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
