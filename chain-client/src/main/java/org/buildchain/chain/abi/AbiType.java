package org.buildchain.chain.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;

/**
 * A type of the contract ABI. Source: "Contract ABI Specification", docs.soliditylang.org. Values
 * in Java: {@link java.math.BigInteger} for numbers, {@link Address}, {@link Boolean}, {@link Word}
 * for {@code bytes32}, {@code byte[]}, {@link String}, {@link List} for arrays and structs.
 */
public sealed interface AbiType {
  /** {@code uintN} or {@code intN}. */
  record Int(int bits, boolean signed) implements AbiType {}

  /** {@code address}. */
  record Account() implements AbiType {}

  /** {@code bool}. */
  record Bool() implements AbiType {}

  /** {@code bytesN}, left-aligned; a Word with zeros behind. */
  record Fixed(int size) implements AbiType {}

  /** {@code bytes}. */
  record Bytes() implements AbiType {}

  /** {@code string}. */
  record Text() implements AbiType {}

  /** {@code T[n]} or, without a size, {@code T[]}. */
  record Array(AbiType element, Optional<Integer> size) implements AbiType {}

  /** A struct, or a list of parameters. */
  record Tuple(List<AbiType> parts) implements AbiType {
    public Tuple {
      parts = List.copyOf(parts);
    }
  }

  /** Whether values stand behind an offset. */
  default boolean isDynamic() {
    return switch (this) {
      case Bytes _, Text _ -> true;
      case Array a -> a.size.isEmpty() || a.element.isDynamic();
      case Tuple t -> t.parts.stream().anyMatch(AbiType::isDynamic);
      case Int _, Account _, Bool _, Fixed _ -> false;
    };
  }

  /** Words that a value takes in its place: one for the offset of a dynamic one. */
  default int headWords() {
    if (isDynamic()) {
      return 1;
    }
    return switch (this) {
      case Array a -> a.size.orElseThrow() * a.element.headWords();
      case Tuple t -> t.parts.stream().mapToInt(AbiType::headWords).sum();
      default -> 1;
    };
  }

  /**
   * Reads a list of types as signatures have it: {@code (bytes32,uint8[3],(address,bool)[])}.
   *
   * @throws FormatException if it is none
   */
  static Tuple parameters(String text) {
    Parser parser = new Parser(text);
    AbiType type = parser.type();
    if (parser.at != text.length() || !(type instanceof Tuple tuple)) {
      throw new FormatException("ABI type '" + text + "'", parser.at, "expected a list of types");
    }
    return tuple;
  }

  /** A reader of types. */
  final class Parser {
    private final String text;
    private int at;

    private Parser(String text) {
      this.text = text;
    }

    private AbiType type() {
      AbiType type;
      if (take('(')) {
        List<AbiType> parts = new ArrayList<>();
        while (!take(')')) {
          if (!parts.isEmpty() && !take(',')) {
            throw new FormatException("ABI type '" + text + "'", at, "expected ',' or ')'");
          }
          parts.add(type());
        }
        type = new Tuple(parts);
      } else {
        type = simple(word());
      }
      while (take('[')) {
        String size = word();
        if (!take(']') || !size.matches("[0-9]{0,4}")) {
          throw new FormatException("ABI type '" + text + "'", at, "expected ']'");
        }
        type =
            new Array(
                type, size.isEmpty() ? Optional.empty() : Optional.of(Integer.parseInt(size)));
      }
      return type;
    }

    private AbiType simple(String name) {
      return switch (name) {
        case "address" -> new Account();
        case "bool" -> new Bool();
        case "bytes" -> new Bytes();
        case "string" -> new Text();
        default -> sized(name);
      };
    }

    private AbiType sized(String name) {
      String kind = name.replaceAll("[0-9]+$", "");
      String digits = name.substring(kind.length());
      int n = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : 0;
      if (kind.equals("bytes") && n >= 1 && n <= 32) {
        return new Fixed(n);
      }
      if ((kind.equals("uint") || kind.equals("int")) && n >= 8 && n <= 256 && n % 8 == 0) {
        return new Int(n, kind.equals("int"));
      }
      throw new FormatException("ABI type '" + text + "'", at, "'" + name + "' is no type");
    }

    private String word() {
      int from = at;
      while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
        at++;
      }
      return text.substring(from, at);
    }

    private boolean take(char c) {
      boolean there = at < text.length() && text.charAt(at) == c;
      at += there ? 1 : 0;
      return there;
    }
  }
}
