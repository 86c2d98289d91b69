package org.buildchain.store.format;

import java.nio.charset.StandardCharsets;

/** Conversions between octet strings (one byte in each char), bytes and text. */
public final class Octets {
  private Octets() {}

  /** The octet string that holds exactly these bytes. */
  public static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The octet string that holds {@code length} of these bytes from {@code offset}. */
  public static String of(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  /** The bytes of an octet string. Every char must be at most 255. */
  public static byte[] bytes(String octets) {
    return octets.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The octet string that holds the UTF-8 form of ordinary text. */
  public static String fromText(String text) {
    return isAscii(text) ? text : of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The text whose UTF-8 form the octets are; malformed sequences become U+FFFD. */
  public static String toText(String octets) {
    return isAscii(octets) ? octets : new String(bytes(octets), StandardCharsets.UTF_8);
  }

  private static boolean isAscii(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
