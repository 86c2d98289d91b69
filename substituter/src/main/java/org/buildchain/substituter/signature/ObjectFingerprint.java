package org.buildchain.substituter.signature;

import java.nio.charset.StandardCharsets;

/**
 * What a signature of a store object's CID vouches for: that the object has what is stated of the
 * path. It is none of Nix's texts, which begin with a digit.
 *
 * @param path what is stated
 * @param cid of the object's block
 */
public record ObjectFingerprint(Fingerprint path, String cid) {
  /** The bytes that are signed. */
  public byte[] bytes() {
    return ("object;" + path + ";" + cid).getBytes(StandardCharsets.US_ASCII);
  }
}
