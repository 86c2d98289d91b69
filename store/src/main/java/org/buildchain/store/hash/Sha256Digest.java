package org.buildchain.store.hash;

import java.security.MessageDigest;
import org.buildchain.store.posix.Sha256;

/** {@link Sha256} as a digest of Java's. */
final class Sha256Digest extends MessageDigest {
  private static final int SIZE = 32;

  private Sha256 current = new Sha256();

  Sha256Digest() {
    super("SHA-256");
  }

  @Override
  protected int engineGetDigestLength() {
    return SIZE;
  }

  @Override
  protected void engineUpdate(byte one) {
    engineUpdate(new byte[] {one}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] data, int offset, int count) {
    current.update(data, offset, count);
  }

  @Override
  protected byte[] engineDigest() {
    byte[] digest = current.finish();
    engineReset();
    return digest;
  }

  @Override
  protected void engineReset() {
    current = new Sha256();
  }
}
