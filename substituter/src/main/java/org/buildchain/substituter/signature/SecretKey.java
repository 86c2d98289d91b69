package org.buildchain.substituter.signature;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.buildchain.store.format.FormatException;

/**
 * A signing key, {@code name:base64} of 64 bytes: the seed of Ed25519 and the public key.
 * Immutable. {@link #toString} does not show it.
 */
public final class SecretKey {
  private static final int SEED = 32;

  private final KeyText text;
  private final PrivateKey key;

  private SecretKey(KeyText text) {
    this.text = text;
    byte[] seed = Arrays.copyOf(text.bytes(), SEED);
    try {
      this.key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
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
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] both = Arrays.copyOf(seed, SEED + PublicKey.LENGTH);
      System.arraycopy(encoded, encoded.length - PublicKey.LENGTH, both, SEED, PublicKey.LENGTH);
      return new SecretKey(new KeyText(name, both));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
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
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(data);
      return name() + ":" + Base64.getEncoder().encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a valid key signs anything", e);
    }
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
