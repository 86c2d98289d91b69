package org.buildchain.store.ipld;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;

/**
 * dag-cbor: the one strict form of CBOR. Numbers and lengths in their shortest form, definite
 * lengths only, map keys ordered by length and then by bytes, links as tag 42. Source: "DAG-CBOR
 * Specification", ipld.io; RFC 8949.
 */
public final class DagCbor {
  private static final int MAX_DEPTH = 64;
  private static final int LINK_TAG = 42;
  private static final Comparator<byte[]> KEY_ORDER =
      (a, b) -> a.length != b.length ? a.length - b.length : Arrays.compareUnsigned(a, b);

  private DagCbor() {}

  /** The bytes of a value. */
  public static byte[] encode(Ipld value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    encode(out, value);
    return out.toByteArray();
  }

  private static void encode(ByteArrayOutputStream out, Ipld value) {
    switch (value) {
      case Ipld.Int i -> head(out, i.value() < 0 ? 1 : 0, i.value() < 0 ? ~i.value() : i.value());
      case Ipld.Bytes b -> {
        head(out, 2, b.value().length);
        out.writeBytes(b.value());
      }
      case Ipld.Text t -> text(out, t.value().getBytes(StandardCharsets.UTF_8));
      case Ipld.Array a -> {
        head(out, 4, a.values().size());
        a.values().forEach(v -> encode(out, v));
      }
      case Ipld.Map m -> {
        TreeMap<byte[], Ipld> sorted = new TreeMap<>(KEY_ORDER);
        m.values().forEach((k, v) -> sorted.put(k.getBytes(StandardCharsets.UTF_8), v));
        head(out, 5, sorted.size());
        sorted.forEach(
            (k, v) -> {
              text(out, k);
              encode(out, v);
            });
      }
      case Ipld.Link l -> {
        head(out, 6, LINK_TAG);
        byte[] cid = l.value().bytes();
        head(out, 2, cid.length + 1L);
        out.write(0);
        out.writeBytes(cid);
      }
      case Ipld.Bool b -> out.write(b.value() ? 0xf5 : 0xf4);
      case Ipld.Null n -> out.write(0xf6);
    }
  }

  private static void text(ByteArrayOutputStream out, byte[] utf8) {
    head(out, 3, utf8.length);
    out.writeBytes(utf8);
  }

  private static void head(ByteArrayOutputStream out, int major, long value) {
    int bytes;
    if (value < 24) {
      out.write(major << 5 | (int) value);
      return;
    } else if (value < 0x100) {
      out.write(major << 5 | 24);
      bytes = 1;
    } else if (value < 0x10000) {
      out.write(major << 5 | 25);
      bytes = 2;
    } else if (value < 0x1_0000_0000L) {
      out.write(major << 5 | 26);
      bytes = 4;
    } else {
      out.write(major << 5 | 27);
      bytes = 8;
    }
    for (int i = bytes - 1; i >= 0; i--) {
      out.write((int) (value >>> (8 * i)));
    }
  }

  /**
   * Reads a value that takes up all of the bytes.
   *
   * @param what names the bytes in messages
   * @throws FormatException if the bytes are not strict dag-cbor, or hold a floating-point number
   */
  public static Ipld decode(String what, byte[] bytes) {
    Decoder decoder = new Decoder(what, bytes);
    Ipld value = decoder.value(0);
    if (decoder.at != bytes.length) {
      throw decoder.bad("something follows the value");
    }
    return value;
  }

  private static final class Decoder {
    private final String what;
    private final byte[] data;
    private int at;

    Decoder(String what, byte[] data) {
      this.what = what;
      this.data = data;
    }

    FormatException bad(String problem) {
      return new FormatException(what, at, problem);
    }

    Ipld value(int depth) {
      if (depth > MAX_DEPTH) {
        throw bad("nested too deeply");
      }
      int first = at < data.length ? data[at] & 0xff : -1;
      if (first >= 0xe0) {
        at++;
        return switch (first) {
          case 0xf4 -> new Ipld.Bool(false);
          case 0xf5 -> new Ipld.Bool(true);
          case 0xf6 -> new Ipld.Null();
          default -> throw bad("expected false, true or null");
        };
      }
      long argument = head(first >> 5);
      return switch (first >> 5) {
        case 0 -> new Ipld.Int(argument);
        case 1 -> new Ipld.Int(~argument);
        case 2 -> new Ipld.Bytes(take(argument));
        case 3 -> new Ipld.Text(text(argument));
        case 4 -> array(argument, depth);
        case 5 -> map(argument, depth);
        default -> link(argument);
      };
    }

    private long head(int major) {
      if (at >= data.length || (data[at] & 0xff) >> 5 != major) {
        throw bad("expected another kind of value");
      }
      int low = data[at++] & 31;
      if (low < 24) {
        return low;
      }
      if (low > 27) {
        throw bad("indefinite length");
      }
      int bytes = 1 << (low - 24);
      if (data.length - at < bytes) {
        throw bad("ended within a number");
      }
      long value = 0;
      for (int i = 0; i < bytes; i++) {
        value = value << 8 | (data[at++] & 0xff);
      }
      long least = low == 24 ? 24 : 1L << (8 * (bytes / 2));
      if (value < 0 || value < least) {
        throw bad("a number out of range or not in its shortest form");
      }
      return value;
    }

    private byte[] take(long length) {
      if (length > data.length - at) {
        throw bad("length " + length + " exceeds what is left");
      }
      at += (int) length;
      return Arrays.copyOfRange(data, at - (int) length, at);
    }

    private String text(long length) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(take(length))).toString();
      } catch (CharacterCodingException e) {
        throw bad("text is not UTF-8");
      }
    }

    private Ipld array(long length, int depth) {
      if (length > data.length - at) {
        throw bad("a list of " + length + " exceeds what is left");
      }
      List<Ipld> values = new ArrayList<>();
      for (long i = 0; i < length; i++) {
        values.add(value(depth + 1));
      }
      return new Ipld.Array(List.copyOf(values));
    }

    private Ipld map(long length, int depth) {
      TreeMap<String, Ipld> values = new TreeMap<>();
      byte[] last = {};
      for (long i = 0; i < length; i++) {
        byte[] key = text(head(3)).getBytes(StandardCharsets.UTF_8);
        if (i > 0 && KEY_ORDER.compare(last, key) >= 0) {
          throw bad("map keys out of order");
        }
        last = key;
        values.put(new String(key, StandardCharsets.UTF_8), value(depth + 1));
      }
      return new Ipld.Map(values);
    }

    private Ipld link(long tag) {
      if (tag != LINK_TAG) {
        throw bad("unknown tag " + tag);
      }
      byte[] bytes = take(head(2));
      if (bytes.length == 0 || bytes[0] != 0) {
        throw bad("a link must begin with 0");
      }
      return new Ipld.Link(Cid.ofBytes(Arrays.copyOfRange(bytes, 1, bytes.length)));
    }
  }
}
