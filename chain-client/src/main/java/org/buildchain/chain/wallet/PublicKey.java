package org.buildchain.chain.wallet;

import java.util.Arrays;
import org.bouncycastle.math.ec.ECPoint;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;

/** A public key on secp256k1. */
public final class PublicKey {
  private static final int UNCOMPRESSED = 65;

  private final ECPoint point;

  PublicKey(ECPoint point) {
    this.point = point.normalize();
  }

  /** The account that its holder signs for. */
  public Address address() {
    return Address.of(Keccak.hash(Arrays.copyOfRange(point.getEncoded(false), 1, UNCOMPRESSED)));
  }

  /** Its x coordinate. */
  public Word x() {
    return new Word(point.getAffineXCoord().getEncoded());
  }

  /** Its y coordinate. */
  public Word y() {
    return new Word(point.getAffineYCoord().getEncoded());
  }

  ECPoint point() {
    return point;
  }
}
