package org.buildchain.chain.abi;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;

/**
 * Encodes and decodes values of the contract ABI; see {@link AbiType} for what they are in Java.
 * Source: "Contract ABI Specification", docs.soliditylang.org, "Formal Specification of the
 * Encoding".
 */
public final class Abi {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private Abi() {}

  /**
   * The bytes of parameters: Solidity's {@code abi.encode}.
   *
   * @throws IllegalArgumentException if a value is not of its type
   */
  public static byte[] encode(AbiType.Tuple types, List<?> values) {
    if (types.parts().size() != values.size()) {
      throw new IllegalArgumentException(
          types.parts().size() + " values are wanted, " + values.size() + " given");
    }
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    int headSize = Word.SIZE * types.parts().stream().mapToInt(AbiType::headWords).sum();
    for (int i = 0; i < values.size(); i++) {
      byte[] bytes = encodeOne(types.parts().get(i), values.get(i));
      if (types.parts().get(i).isDynamic()) {
        head.writeBytes(Word.of(headSize + (long) tail.size()).bytes());
        tail.writeBytes(bytes);
      } else {
        head.writeBytes(bytes);
      }
    }
    head.writeBytes(tail.toByteArray());
    return head.toByteArray();
  }

  private static byte[] encodeOne(AbiType type, Object value) {
    return switch (type) {
      case AbiType.Int t when value instanceof BigInteger n -> number(t, n).bytes();
      case AbiType.Account _ when value instanceof Address a -> a.word().bytes();
      case AbiType.Bool _ when value instanceof Boolean b -> Word.of(b ? 1 : 0).bytes();
      case AbiType.Fixed _ when value instanceof Word w -> w.bytes();
      case AbiType.Bytes _ when value instanceof byte[] b -> counted(b.length, padded(b));
      case AbiType.Text _ when value instanceof String s -> {
        byte[] b = s.getBytes(StandardCharsets.UTF_8);
        yield counted(b.length, padded(b));
      }
      case AbiType.Array t when value instanceof List<?> list -> {
        if (t.size().isPresent() && t.size().get() != list.size()) {
          throw new IllegalArgumentException("an array of " + t.size().get() + " is wanted");
        }
        byte[] elements =
            encode(new AbiType.Tuple(Collections.nCopies(list.size(), t.element())), list);
        yield t.size().isPresent() ? elements : counted(list.size(), elements);
      }
      case AbiType.Tuple t when value instanceof List<?> list -> encode(t, list);
      default -> throw new IllegalArgumentException("no value of " + type + ": " + value);
    };
  }

  private static Word number(AbiType.Int type, BigInteger n) {
    int most = type.signed() ? type.bits() - 1 : type.bits();
    if (n.bitLength() > most || (n.signum() < 0 && !type.signed())) {
      throw new IllegalArgumentException("no value of " + type + ": " + n);
    }
    return Word.of(n.mod(MODULUS));
  }

  private static byte[] padded(byte[] bytes) {
    return Arrays.copyOf(bytes, (bytes.length + Word.SIZE - 1) / Word.SIZE * Word.SIZE);
  }

  private static byte[] counted(int count, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Word.of(count).bytes());
    out.writeBytes(content);
    return out.toByteArray();
  }

  /**
   * The values of parameters.
   *
   * @param what names the bytes in messages
   * @throws FormatException if the bytes are too short, or hold a value that its type does not have
   */
  public static Values decode(String what, AbiType.Tuple types, byte[] bytes) {
    return new Values(new Decoder(what, bytes).tuple(types, 0));
  }

  private record Decoder(String what, byte[] data) {
    private FormatException bad(int at, String problem) {
      return new FormatException(what, at, problem);
    }

    private Word word(int at) {
      if (at < 0 || at > data.length - Word.SIZE) {
        throw bad(at, "ended where a word was expected");
      }
      return new Word(Arrays.copyOfRange(data, at, at + Word.SIZE));
    }

    /** A length or an offset: never more than there are bytes. */
    private int size(int at) {
      BigInteger n = word(at).number();
      if (n.bitLength() > 31 || n.intValue() > data.length) {
        throw bad(at, "a length or an offset exceeds what is there");
      }
      return n.intValue();
    }

    List<Object> tuple(AbiType.Tuple types, int start) {
      List<Object> values = new ArrayList<>(types.parts().size());
      int at = start;
      for (AbiType type : types.parts()) {
        values.add(one(type, type.isDynamic() ? start + size(at) : at));
        at += Word.SIZE * type.headWords();
      }
      return values;
    }

    private Object one(AbiType type, int at) {
      return switch (type) {
        case AbiType.Int t -> number(t, at);
        case AbiType.Account _ -> {
          if (word(at).number().bitLength() > 8 * Address.SIZE) {
            throw bad(at, "expected an address");
          }
          yield Address.of(word(at));
        }
        case AbiType.Bool _ -> {
          if (word(at).number().bitLength() > 1) {
            throw bad(at, "expected 0 or 1");
          }
          yield word(at).number().signum() == 1;
        }
        case AbiType.Fixed _ -> word(at);
        case AbiType.Bytes _ -> bytes(at);
        case AbiType.Text _ -> new String(bytes(at), StandardCharsets.UTF_8);
        case AbiType.Array t -> array(t, at);
        case AbiType.Tuple t -> tuple(t, at);
      };
    }

    private BigInteger number(AbiType.Int type, int at) {
      BigInteger n = type.signed() ? new BigInteger(word(at).bytes()) : word(at).number();
      if (n.bitLength() > (type.signed() ? type.bits() - 1 : type.bits())) {
        throw bad(at, "a number out of its range");
      }
      return n;
    }

    private byte[] bytes(int at) {
      int length = size(at);
      int from = at + Word.SIZE;
      if (length > data.length - from) {
        throw bad(at, "length " + length + " exceeds what is left");
      }
      return Arrays.copyOfRange(data, from, from + length);
    }

    private List<Object> array(AbiType.Array type, int at) {
      Optional<Integer> known = type.size();
      int count = known.orElseGet(() -> size(at));
      int from = known.isPresent() ? at : at + Word.SIZE;
      if ((long) count * type.element().headWords() * Word.SIZE > data.length - from) {
        throw bad(at, "an array of " + count + " exceeds what is left");
      }
      return tuple(new AbiType.Tuple(Collections.nCopies(count, type.element())), from);
    }
  }
}
