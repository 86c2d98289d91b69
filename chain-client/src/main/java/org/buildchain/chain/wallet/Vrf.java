package org.buildchain.chain.wallet;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.buildchain.chain.abi.Abi;
import org.buildchain.chain.abi.AbiType;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;

/**
 * Proofs of a key's verifiable random function, as the contracts' {@code Ecvrf} checks them; RFC
 * 9381, section 5, with secp256k1 and Keccak-256 (docs/formats.md, "On the chain"). The nonce is
 * that of RFC 6979, section 3.2, for the point that is proved about (RFC 9381, section 5.4.2.1): no
 * two messages share one, whatever the machine's randomness is worth.
 */
public final class Vrf {
  private static final BigInteger FIELD = Key.CURVE.getCurve().getField().getCharacteristic();
  private static final BigInteger ORDER = Key.CURVE.getN();
  private static final BigInteger SEVEN = BigInteger.valueOf(7);

  /** The field's prime is 3 modulo 4: where there is a root, it is this power. */
  private static final BigInteger ROOT = FIELD.add(BigInteger.ONE).shiftRight(2);

  private static final Word TO_CURVE = Keccak.hash("Build Chain ECVRF 1 secp256k1 to curve");
  private static final Word CHALLENGE = Keccak.hash("Build Chain ECVRF 1 secp256k1 challenge");
  private static final Word VALUE = Keccak.hash("Build Chain ECVRF 1 secp256k1 value");

  private final Word value;
  private final byte[] proof;

  private Vrf(Word value, byte[] proof) {
    this.value = value;
    this.proof = proof;
  }

  /** What the function gives. */
  public Word value() {
    return value;
  }

  /** What convinces the contract: an ABI-encoded {@code Ecvrf.Proof}. */
  public byte[] proof() {
    return proof.clone();
  }

  /** The function's value for a message. */
  public static Vrf prove(Key key, Word alpha) {
    List<Object> misses = new ArrayList<>();
    ECPoint h = toCurve(key.publicKey(), alpha, misses);
    ECPoint gamma = h.multiply(key.secret()).normalize();
    BigInteger nonce = nonce(key, h);
    PublicKey u = new PublicKey(Key.CURVE.getG().multiply(nonce));
    ECPoint v = h.multiply(nonce).normalize();
    BigInteger c =
        hash(
                CHALLENGE,
                key.publicKey(),
                x(h),
                y(h),
                x(gamma),
                y(gamma),
                u.address().word().number(),
                x(v),
                y(v))
            .number();
    BigInteger s = nonce.add(c.multiply(key.secret())).mod(ORDER);
    ECPoint cGamma = gamma.multiply(c.mod(ORDER)).normalize();
    ECPoint sHash = h.multiply(s).normalize();
    BigInteger inverse = x(sHash).subtract(x(cGamma)).mod(FIELD).modInverse(FIELD);
    byte[] proof =
        Abi.encode(
            AbiType.parameters(
                "(((uint256,uint256),uint256,uint256,uint256[],uint256,(uint256,uint256),"
                    + "(uint256,uint256),uint256))"),
            List.of(List.of(pair(gamma), c, s, misses, y(h), pair(cGamma), pair(sHash), inverse)));
    return new Vrf(hash(VALUE, x(gamma), y(gamma)), proof);
  }

  /** Tries one counter after the other; notes for each miss the root that shows it was one. */
  private static ECPoint toCurve(PublicKey key, Word alpha, List<Object> misses) {
    for (long counter = 0; ; counter++) {
      BigInteger x =
          hash(TO_CURVE, key, alpha.number(), BigInteger.valueOf(counter)).number().mod(FIELD);
      BigInteger right = x.modPow(BigInteger.valueOf(3), FIELD).add(SEVEN).mod(FIELD);
      BigInteger root = right.modPow(ROOT, FIELD);
      if (root.multiply(root).mod(FIELD).equals(right)) {
        BigInteger even = root.testBit(0) ? FIELD.subtract(root) : root;
        return Key.CURVE.getCurve().createPoint(x, even);
      }
      misses.add(FIELD.subtract(right).modPow(ROOT, FIELD));
    }
  }

  private static BigInteger nonce(Key key, ECPoint h) {
    HMacDSAKCalculator calculator = new HMacDSAKCalculator(new SHA256Digest());
    calculator.init(ORDER, key.secret(), Keccak.hash(h.getEncoded(false)).bytes());
    return calculator.nextK();
  }

  private static Word hash(Word suite, PublicKey key, BigInteger... rest) {
    BigInteger odd = key.y().number().testBit(0) ? BigInteger.ONE : BigInteger.ZERO;
    List<BigInteger> all = new ArrayList<>(List.of(key.x().number(), odd));
    all.addAll(Arrays.asList(rest));
    return hash(suite, all.toArray(BigInteger[]::new));
  }

  private static Word hash(Word suite, BigInteger... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(suite.bytes());
    for (BigInteger word : words) {
      out.writeBytes(Word.of(word).bytes());
    }
    return Keccak.hash(out.toByteArray());
  }

  private static List<Object> pair(ECPoint p) {
    return List.of(x(p), y(p));
  }

  private static BigInteger x(ECPoint p) {
    return p.getAffineXCoord().toBigInteger();
  }

  private static BigInteger y(ECPoint p) {
    return p.getAffineYCoord().toBigInteger();
  }
}
