package org.buildchain.store.hash;

import java.util.Arrays;
import org.buildchain.store.format.FormatException;

/**
 * Nix's base 32: digits {@code 0-9a-z} without {@code e o u t}, the number's least significant bits
 * at the text's end, no padding. Source: Nix manual, "Store path", glossary "nix-base32"; {@code
 * src/libutil/hash.cc}, {@code printHash32}.
 */
public final class NixBase32 {
  /** The 32 digits in the order of their values. */
  public static final String DIGITS = "0123456789abcdfghijklmnpqrsvwxyz";

  private static final byte[] VALUES = new byte[128];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < 32; i++) {
      VALUES[DIGITS.charAt(i)] = (byte) i;
    }
  }

  private NixBase32() {}

  /** The number of digits for {@code bytes} bytes. */
  public static int encodedLength(int bytes) {
    return (bytes * 8 + 4) / 5;
  }

  /** Whether {@code c} is one of the 32 digits. */
  public static boolean isDigit(int c) {
    return c >= 0 && c < 128 && VALUES[c] >= 0;
  }

  /** The text of {@code bytes}. */
  public static String encode(byte[] bytes) {
    int length = encodedLength(bytes.length);
    char[] out = new char[length];
    for (int n = length - 1, k = 0; n >= 0; n--, k++) {
      int bit = n * 5;
      int i = bit >>> 3;
      int shift = bit & 7;
      int v = (bytes[i] & 0xff) >>> shift;
      if (i + 1 < bytes.length) {
        v |= (bytes[i + 1] & 0xff) << (8 - shift);
      }
      out[k] = DIGITS.charAt(v & 31);
    }
    return new String(out);
  }

  /**
   * The bytes of {@code text}.
   *
   * @throws FormatException if a character is no digit, the length fits no whole number of bytes,
   *     or the unused bits are not zero
   */
  public static byte[] decode(String text) {
    int size = text.length() * 5 / 8;
    if (encodedLength(size) != text.length()) {
      throw new FormatException(
          "nix-base32 '" + text + "'",
          "a length of " + text.length() + " fits no whole number of bytes");
    }
    byte[] out = new byte[size];
    for (int n = 0; n < text.length(); n++) {
      char c = text.charAt(text.length() - 1 - n);
      int digit = c < 128 ? VALUES[c] : -1;
      if (digit < 0) {
        throw new FormatException(
            "nix-base32 '" + text + "'", text.length() - 1 - n, "'" + c + "' is no digit");
      }
      int bit = n * 5;
      int i = bit >>> 3;
      int shift = bit & 7;
      out[i] |= (byte) (digit << shift);
      int carry = digit >>> (8 - shift);
      if (i + 1 < size) {
        out[i + 1] |= (byte) carry;
      } else if (carry != 0) {
        throw new FormatException("nix-base32 '" + text + "'", "the unused bits are not zero");
      }
    }
    return out;
  }
}
