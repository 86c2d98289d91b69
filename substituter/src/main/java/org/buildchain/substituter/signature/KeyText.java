package org.buildchain.substituter.signature;

import java.util.Base64;
import org.buildchain.store.format.FormatException;

/**
 * {@code name:base64}, the form of keys and signatures.
 *
 * @param name of the key
 */
record KeyText(String name, byte[] bytes) {
  private static final int MAX_LENGTH = 1024;

  /**
   * Reads the form.
   *
   * @param what for errors, which never show the text itself: it may be secret
   * @param length how many bytes there must be
   */
  static KeyText parse(String what, String text, int length) {
    int colon = text.indexOf(':');
    if (text.length() > MAX_LENGTH || colon < 1) {
      throw new FormatException(what, "expected 'name:base64'");
    }
    String name = text.substring(0, colon);
    checkName(what, name);
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.substring(colon + 1).strip());
    } catch (IllegalArgumentException e) {
      throw new FormatException(what, "what stands behind the name is no base 64");
    }
    if (bytes.length != length) {
      throw new FormatException(what, "expected " + length + " bytes, not " + bytes.length);
    }
    return new KeyText(name, bytes);
  }

  static void checkName(String what, String name) {
    if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':')) {
      throw new FormatException(
          what, "a key's name has printable characters, no spaces and no colons");
    }
  }

  @Override
  public String toString() {
    return name + ":" + Base64.getEncoder().encodeToString(bytes);
  }
}
