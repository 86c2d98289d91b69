package org.buildchain.chain.abi;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak-256 as Ethereum has it: before the padding of FIPS 202's SHA3-256. */
public final class Keccak {
  private static final int BITS = 256;

  private Keccak() {}

  /** The digest of bytes. */
  public static Word hash(byte[] bytes) {
    KeccakDigest digest = new KeccakDigest(BITS);
    digest.update(bytes, 0, bytes.length);
    byte[] out = new byte[Word.SIZE];
    digest.doFinal(out, 0);
    return new Word(out);
  }

  /** The digest of a text in UTF-8. */
  public static Word hash(String text) {
    return hash(text.getBytes(StandardCharsets.UTF_8));
  }
}
