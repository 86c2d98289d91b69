package org.buildchain.chain.wallet;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Rlp;

/**
 * A transaction to be signed. Amounts in wei.
 *
 * @param maxFee for a unit of gas, base fee included; the price of gas where the chain has no base
 *     fee
 * @param to empty to create a contract
 */
public record Transaction(
    long chainId,
    long nonce,
    BigInteger maxPriorityFee,
    BigInteger maxFee,
    long gasLimit,
    Optional<Address> to,
    BigInteger value,
    byte[] data) {
  private static final byte DYNAMIC_FEE = 2;
  private static final long EIP_155 = 35;

  /** Signed as EIP-1559 has it: what {@code eth_sendRawTransaction} takes. */
  public byte[] signed(Key key) {
    List<Rlp.Item> fields = new ArrayList<>();
    fields.add(number(chainId));
    fields.add(number(nonce));
    fields.add(Rlp.Bytes.of(maxPriorityFee));
    fields.add(Rlp.Bytes.of(maxFee));
    addCommon(fields);
    fields.add(new Rlp.Items(List.of()));
    Key.Signature signature = key.sign(Keccak.hash(typed(fields)));
    fields.add(number(signature.yParity()));
    addSignature(fields, signature);
    return typed(fields);
  }

  /** Signed as EIP-155 has it, for chains without a base fee. */
  public byte[] signedWithGasPrice(Key key) {
    List<Rlp.Item> fields = new ArrayList<>();
    fields.add(number(nonce));
    fields.add(Rlp.Bytes.of(maxFee));
    addCommon(fields);
    List<Rlp.Item> hashed = new ArrayList<>(fields);
    hashed.add(number(chainId));
    hashed.add(number(0));
    hashed.add(number(0));
    Key.Signature signature = key.sign(Keccak.hash(Rlp.encode(new Rlp.Items(hashed))));
    fields.add(number(chainId * 2 + EIP_155 + signature.yParity()));
    addSignature(fields, signature);
    return Rlp.encode(new Rlp.Items(fields));
  }

  private void addCommon(List<Rlp.Item> fields) {
    fields.add(number(gasLimit));
    fields.add(new Rlp.Bytes(to.map(Address::bytes).orElse(new byte[0])));
    fields.add(Rlp.Bytes.of(value));
    fields.add(new Rlp.Bytes(data));
  }

  private static void addSignature(List<Rlp.Item> fields, Key.Signature signature) {
    fields.add(Rlp.Bytes.of(signature.r().number()));
    fields.add(Rlp.Bytes.of(signature.s().number()));
  }

  private static Rlp.Item number(long n) {
    return Rlp.Bytes.of(BigInteger.valueOf(n));
  }

  private static byte[] typed(List<Rlp.Item> fields) {
    byte[] rlp = Rlp.encode(new Rlp.Items(fields));
    byte[] out = new byte[rlp.length + 1];
    out[0] = DYNAMIC_FEE;
    System.arraycopy(rlp, 0, out, 1, rlp.length);
    return out;
  }
}
