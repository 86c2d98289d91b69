package org.buildchain.chain.wallet;

import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;

/**
 * A private key on secp256k1. It never prints itself. Source: SEC 2, section 2.4.1; signatures are
 * deterministic (RFC 6979 with SHA-256) and have a low s (EIP-2).
 */
public final class Key {
  static final ECDomainParameters CURVE =
      new ECDomainParameters(CustomNamedCurves.getByName("secp256k1"));
  private final BigInteger secret;
  private final PublicKey publicKey;
  private final Address address;

  private Key(BigInteger secret) {
    this.secret = secret;
    this.publicKey = new PublicKey(new FixedPointCombMultiplier().multiply(CURVE.getG(), secret));
    this.address = publicKey.address();
  }

  /**
   * A signature.
   *
   * @param yParity 0 or 1: which of two points r stands for
   */
  public record Signature(int yParity, Word r, Word s) {}

  /** A new key. */
  public static Key random(SecureRandom random) {
    byte[] bytes = new byte[Word.SIZE];
    while (true) {
      random.nextBytes(bytes);
      BigInteger secret = new BigInteger(1, bytes);
      if (secret.signum() == 1 && secret.compareTo(CURVE.getN()) < 0) {
        return new Key(secret);
      }
    }
  }

  /**
   * The key with these 32 bytes.
   *
   * @throws FormatException if they are no key; the message does not show them
   */
  public static Key of(byte[] bytes) {
    BigInteger secret = new BigInteger(1, bytes);
    if (bytes.length != Word.SIZE || secret.signum() == 0 || secret.compareTo(CURVE.getN()) >= 0) {
      throw new FormatException("private key", "expected 32 bytes, a number on secp256k1");
    }
    return new Key(secret);
  }

  /** The account that it signs for. */
  public Address address() {
    return address;
  }

  /** The public key. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /**
   * The secret that the holders of two keys share: the x coordinate of the product. Source: SEC 1,
   * section 3.3.1.
   */
  public Word shared(PublicKey other) {
    return new PublicKey(other.point().multiply(secret)).x();
  }

  /** What the proofs of a verifiable random function multiply with. */
  BigInteger secret() {
    return secret;
  }

  /** Its 32 bytes, for whoever encrypts them. */
  byte[] bytes() {
    return Word.of(secret).bytes();
  }

  /** Signs a digest. */
  public Signature sign(Word digest) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, CURVE));
    BigInteger[] rs = signer.generateSignature(digest.bytes());
    BigInteger s =
        rs[1].compareTo(CURVE.getN().shiftRight(1)) > 0 ? CURVE.getN().subtract(rs[1]) : rs[1];
    for (int parity = 0; parity < 2; parity++) {
      Signature signature = new Signature(parity, Word.of(rs[0]), Word.of(s));
      if (signer(digest, signature).equals(address)) {
        return signature;
      }
    }
    throw new IllegalStateException("a signature that leads back to no key");
  }

  /**
   * The account that signed a digest. Source: SEC 1, section 4.1.6.
   *
   * @throws FormatException if no key can have made this signature
   */
  public static Address signer(Word digest, Signature signature) {
    return publicKey(digest, signature).address();
  }

  /** Likewise, the whole public key. */
  static PublicKey publicKey(Word digest, Signature signature) {
    BigInteger r = signature.r().number();
    BigInteger s = signature.s().number();
    BigInteger n = CURVE.getN();
    if (r.signum() == 0 || s.signum() == 0 || r.compareTo(n) >= 0 || s.compareTo(n) >= 0) {
      throw new FormatException("signature", "out of range");
    }
    byte[] encoded = new byte[1 + Word.SIZE];
    encoded[0] = (byte) (2 + signature.yParity());
    System.arraycopy(signature.r().bytes(), 0, encoded, 1, Word.SIZE);
    ECPoint point;
    try {
      point = CURVE.getCurve().decodePoint(encoded);
    } catch (IllegalArgumentException e) {
      throw new FormatException("signature", "its r is on no point of the curve");
    }
    BigInteger inverse = r.modInverse(n);
    BigInteger u1 = inverse.multiply(digest.number()).negate().mod(n);
    BigInteger u2 = inverse.multiply(s).mod(n);
    return new PublicKey(ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), u1, point, u2));
  }

  /** The account, and nothing of the secret. */
  @Override
  public String toString() {
    return "key of " + address;
  }
}
