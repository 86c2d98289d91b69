package org.buildchain.substituter.signature;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.buildchain.store.format.FormatException;

/**
 * A signing key, {@code name:base64} of 64 bytes: the seed of Ed25519 and the public key.
 * Immutable. {@link #toString} does not show it.
 */
public final class SecretKey {
  private static final int SEED = Ed25519.SECRET_KEY_SIZE;

  private final KeyText text;

  private SecretKey(KeyText text) {
    this.text = text;
    // One that signs what its own public half denies would be found out by every client only.
    byte[] probe = {0};
    if (!publicKey().verifies(sign(probe), probe)) {
      throw new FormatException(
          "secret key '" + text.name() + "'", "its public half belongs to another key");
    }
  }

  /**
   * Reads a key.
   *
   * @throws FormatException if it has another form; the message does not show it
   */
  public static SecretKey parse(String text) {
    return new SecretKey(KeyText.parse("secret key", text.strip(), SEED + PublicKey.LENGTH));
  }

  /**
   * A new key from the system's random source.
   *
   * @throws FormatException if the name is empty or has spaces, colons or what can't be printed
   */
  public static SecretKey generate(String name) {
    KeyText.checkName("key '" + name + "'", name);
    byte[] both = new byte[SEED + PublicKey.LENGTH];
    byte[] seed = new byte[SEED];
    Ed25519.generatePrivateKey(new SecureRandom(), seed);
    System.arraycopy(seed, 0, both, 0, SEED);
    Ed25519.generatePublicKey(seed, 0, both, SEED);
    return new SecretKey(new KeyText(name, both));
  }

  /** The key's name. */
  public String name() {
    return text.name();
  }

  /** The other half. */
  public PublicKey publicKey() {
    byte[] half = Arrays.copyOfRange(text.bytes(), SEED, SEED + PublicKey.LENGTH);
    return PublicKey.parse(new KeyText(name(), half).toString());
  }

  /** Signs; gives {@code name:base64}. */
  public String sign(byte[] data) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(text.bytes(), 0, data, 0, data.length, signature, 0);
    return name() + ":" + Base64.getEncoder().encodeToString(signature);
  }

  /** {@code name:base64}, to be written where nobody else reads it. */
  public String secret() {
    return text.toString();
  }

  /** The name alone. */
  @Override
  public String toString() {
    return "secret key '" + name() + "'";
  }
}
