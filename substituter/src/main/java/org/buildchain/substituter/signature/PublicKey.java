package org.buildchain.substituter.signature;

import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.buildchain.store.format.FormatException;

/**
 * The public half of a signing key, {@code name:base64} of its 32 bytes. Immutable. The JDK's own
 * Ed25519 takes four times as long, and each path that is fetched has a signature.
 */
public final class PublicKey {
  static final int LENGTH = Ed25519.PUBLIC_KEY_SIZE;

  private final KeyText text;
  private final Ed25519.PublicPoint point;

  private PublicKey(KeyText text) {
    this.text = text;
    this.point = Ed25519.validatePublicKeyPartialExport(text.bytes(), 0);
    if (point == null) {
      throw new FormatException("public key '" + text.name() + "'", "is no key of Ed25519");
    }
  }

  /**
   * Reads a key.
   *
   * @throws FormatException if it has another form
   */
  public static PublicKey parse(String text) {
    return new PublicKey(KeyText.parse("public key", text, LENGTH));
  }

  /** The key's name. */
  public String name() {
    return text.name();
  }

  /** The key itself, base 64: two names of one key have the same. */
  public String base64() {
    return Base64.getEncoder().encodeToString(text.bytes());
  }

  /** Whether {@code signature}, {@code name:base64}, is this key's on {@code data}. */
  public boolean verifies(String signature, byte[] data) {
    try {
      KeyText given = KeyText.parse("signature", signature, Ed25519.SIGNATURE_SIZE);
      return given.name().equals(name())
          && Ed25519.verify(given.bytes(), 0, point, data, 0, data.length);
    } catch (FormatException e) {
      return false;
    }
  }

  /** {@code name:base64}. */
  @Override
  public String toString() {
    return text.toString();
  }
}
