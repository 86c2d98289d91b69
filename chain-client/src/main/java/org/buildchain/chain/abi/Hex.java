package org.buildchain.chain.abi;

import java.math.BigInteger;
import java.util.HexFormat;
import org.buildchain.store.format.FormatException;

/**
 * Hexadecimal as Ethereum's JSON has it. Source: "JSON-RPC API", ethereum.org, "Hex encoding":
 * unformatted data has two digits for each byte, quantities have no leading zeros; both begin with
 * {@code 0x}.
 */
public final class Hex {
  private static final HexFormat DIGITS = HexFormat.of();
  private static final int MAX_QUANTITY = 64;

  private Hex() {}

  /** Bytes as data. */
  public static String data(byte[] bytes) {
    return "0x" + DIGITS.formatHex(bytes);
  }

  /**
   * The bytes of data.
   *
   * @throws FormatException if it is none
   */
  public static byte[] data(String text) {
    if (text.startsWith("0x") && text.length() % 2 == 0) {
      try {
        return DIGITS.parseHex(text, 2, text.length());
      } catch (IllegalArgumentException e) {
        // The message below says the same.
      }
    }
    throw new FormatException(
        "'" + shortened(text) + "'", "expected 0x and two hexadecimal digits for each byte");
  }

  /** A number, not negative, as a quantity. */
  public static String quantity(BigInteger value) {
    return "0x" + value.toString(16);
  }

  /** A number, not negative, as a quantity. */
  public static String quantity(long value) {
    return quantity(BigInteger.valueOf(value));
  }

  /**
   * The number of a quantity below 2^256. Leading zeros are let through: some nodes write them.
   *
   * @throws FormatException if it is none
   */
  public static BigInteger quantity(String text) {
    if (text.length() > 2
        && text.length() <= MAX_QUANTITY + 2
        && text.startsWith("0x")
        && text.chars().skip(2).allMatch(HexFormat::isHexDigit)) {
      return new BigInteger(text.substring(2), 16);
    }
    throw new FormatException(
        "'" + shortened(text) + "'", "expected 0x and at most 64 hexadecimal digits");
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
