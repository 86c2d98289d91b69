package org.buildchain.chain.claim;

import java.io.ByteArrayOutputStream;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.wallet.Key;

/**
 * Salts that only the key's owner knows, and finds again after losing everything but the key: the
 * digest of a deterministic signature. What is signed begins with the contract's name for the
 * purpose, so it is no transaction.
 */
public final class Salts {
  private Salts() {}

  /**
   * The salt for a purpose.
   *
   * @param purpose names it: no two things that one must hide separately may share one
   */
  public static Word of(Key key, String purpose, Word... subject) {
    Key.Signature signature = key.sign(Keccak.hash(bytes(purpose, subject)));
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(signature.r().bytes());
    both.writeBytes(signature.s().bytes());
    return Keccak.hash(both.toByteArray());
  }

  /**
   * The salt that two parties find.
   *
   * @param secret that they share
   */
  static Word shared(Word secret, String purpose, Word... subject) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(secret.bytes());
    out.writeBytes(bytes("shared " + purpose, subject));
    return Keccak.hash(out.toByteArray());
  }

  private static byte[] bytes(String purpose, Word... subject) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Keccak.hash("Build Chain salt 1 " + purpose).bytes());
    for (Word word : subject) {
      out.writeBytes(word.bytes());
    }
    return out.toByteArray();
  }
}
