package org.buildchain.store.hash;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** The digest algorithms that Nix admits. */
public enum HashAlgorithm {
  MD5("md5", "MD5", 16),
  SHA1("sha1", "SHA-1", 20),
  SHA256("sha256", "SHA-256", 32),
  SHA512("sha512", "SHA-512", 64);

  private final String nixName;
  private final int size;

  // Copied, never fed: a look-up among the security providers costs more than a short digest.
  private final MessageDigest fresh;

  HashAlgorithm(String nixName, String jcaName, int size) {
    this.nixName = nixName;
    this.size = size;
    try {
      this.fresh = MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + jcaName, e);
    }
  }

  /**
   * The name that Nix prints and reads: {@code md5}, {@code sha1}, {@code sha256}, {@code sha512}.
   */
  public String nixName() {
    return nixName;
  }

  /** The digest's length in bytes. */
  public int size() {
    return size;
  }

  /** The algorithm of this Nix name, or empty for any other text. */
  public static Optional<HashAlgorithm> parse(String nixName) {
    for (HashAlgorithm a : values()) {
      if (a.nixName.equals(nixName)) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }

  /** A fresh digest, which uses the processor's instructions where it has them. */
  public MessageDigest newDigest() {
    if (this == SHA256) {
      return new Sha256Digest();
    }
    try {
      return (MessageDigest) fresh.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's own digests can be copied", e);
    }
  }

  @Override
  public String toString() {
    return nixName;
  }
}
