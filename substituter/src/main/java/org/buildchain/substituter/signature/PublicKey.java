package org.buildchain.substituter.signature;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import org.buildchain.store.format.FormatException;

/** The public half of a signing key, {@code name:base64} of its 32 bytes. Immutable. */
public final class PublicKey {
  static final int LENGTH = 32;
  private static final int SIGNATURE_LENGTH = 64;

  /** What stands before the key's bytes in an X.509 SubjectPublicKeyInfo: RFC 8410, section 4. */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  private final KeyText text;
  private final java.security.PublicKey key;

  private PublicKey(KeyText text) {
    this.text = text;
    byte[] encoded = new byte[X509.length + LENGTH];
    System.arraycopy(X509, 0, encoded, 0, X509.length);
    System.arraycopy(text.bytes(), 0, encoded, X509.length, LENGTH);
    try {
      this.key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
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
      KeyText given = KeyText.parse("signature", signature, SIGNATURE_LENGTH);
      if (!given.name().equals(name())) {
        return false;
      }
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(data);
      return verifier.verify(given.bytes());
    } catch (FormatException | GeneralSecurityException e) {
      return false;
    }
  }

  /** {@code name:base64}. */
  @Override
  public String toString() {
    return text.toString();
  }
}
