package org.buildchain.chain.abi;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.buildchain.store.format.FormatException;

/**
 * Recursive length prefix, in its one canonical form. Source: Ethereum yellow paper, appendix B.
 */
public final class Rlp {
  private static final int MAX_DEPTH = 64;
  private static final int SHORT = 55;
  private static final int STRING = 0x80;
  private static final int LIST = 0xc0;

  private Rlp() {}

  /** A string or a list. */
  public sealed interface Item permits Bytes, Items {}

  /** A string of bytes; not to be changed. */
  public record Bytes(byte[] value) implements Item {
    /** A number, not negative: big-endian without leading zeros, so that 0 has no bytes. */
    public static Bytes of(BigInteger number) {
      byte[] bytes = number.toByteArray();
      return new Bytes(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Bytes b && Arrays.equals(b.value, value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }
  }

  /** A list. */
  public record Items(List<Item> items) implements Item {
    public Items {
      items = List.copyOf(items);
    }
  }

  /** The bytes of an item. */
  public static byte[] encode(Item item) {
    return switch (item) {
      case Bytes b when b.value.length == 1 && (b.value[0] & 0xff) < STRING -> b.value.clone();
      case Bytes b -> prefixed(STRING, b.value);
      case Items list -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        list.items.forEach(i -> out.writeBytes(encode(i)));
        yield prefixed(LIST, out.toByteArray());
      }
    };
  }

  private static byte[] prefixed(int base, byte[] content) {
    byte[] length = Bytes.of(BigInteger.valueOf(content.length)).value;
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 9);
    if (content.length <= SHORT) {
      out.write(base + content.length);
    } else {
      out.write(base + SHORT + length.length);
      out.writeBytes(length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  /**
   * Reads one item that takes up all of the bytes.
   *
   * @param what names the bytes in messages
   * @throws FormatException if they are not canonical
   */
  public static Item decode(String what, byte[] bytes) {
    Decoder decoder = new Decoder(what, bytes);
    Item item = decoder.item(bytes.length, 0);
    if (decoder.at != bytes.length) {
      throw decoder.bad("something follows the item");
    }
    return item;
  }

  /**
   * Reads a list.
   *
   * @throws FormatException if the bytes are not canonical or no list
   */
  public static List<Item> list(String what, byte[] bytes) {
    if (decode(what, bytes) instanceof Items list) {
      return list.items;
    }
    throw new FormatException(what, "expected a list");
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

    Item item(int end, int depth) {
      if (at >= end) {
        throw bad("ended where an item was expected");
      }
      if (depth > MAX_DEPTH) {
        throw bad("nested too deeply");
      }
      int first = data[at] & 0xff;
      if (first < STRING) {
        return new Bytes(new byte[] {data[at++]});
      }
      at++;
      boolean list = first >= LIST;
      int length = length(first - (list ? LIST : STRING), end);
      int until = at + length;
      if (!list) {
        byte[] value = Arrays.copyOfRange(data, at, until);
        if (length == 1 && (value[0] & 0xff) < STRING) {
          throw bad("a byte below 128 stands for itself");
        }
        at = until;
        return new Bytes(value);
      }
      List<Item> items = new ArrayList<>();
      while (at < until) {
        items.add(item(until, depth + 1));
      }
      return new Items(items);
    }

    private int length(int code, int end) {
      long length = code;
      if (code > SHORT) {
        int bytes = code - SHORT;
        if (bytes > 4 || bytes > end - at) {
          throw bad("a length of " + bytes + " bytes exceeds what is left");
        }
        length = 0;
        for (int i = 0; i < bytes; i++) {
          length = length << 8 | (data[at + i] & 0xff);
        }
        if (data[at] == 0 || length <= SHORT) {
          throw bad("a length not in its shortest form");
        }
        at += bytes;
      }
      if (length > end - at) {
        throw bad("length " + length + " exceeds what is left");
      }
      return (int) length;
    }
  }
}
