package org.buildchain.chain.wallet;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Rlp;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import tools.jackson.databind.JsonNode;

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

  /** The same with another place and other fees. */
  public Transaction with(long otherNonce, BigInteger priorityFee, BigInteger fee) {
    return new Transaction(chainId, otherNonce, priorityFee, fee, gasLimit, to, value, data);
  }

  /** Whether it does the same as another. */
  public boolean isSameCall(Transaction other) {
    return to.equals(other.to) && value.equals(other.value) && Arrays.equals(data, other.data);
  }

  /**
   * The key that signed a transaction, as a node describes it; empty if it is of a form that this
   * class doesn't make, or the signature is no key's.
   */
  public static Optional<PublicKey> signer(JsonNode json) {
    try {
      String type = json.path("type").asString("0x0");
      boolean dynamic = type.equals("0x2");
      if (!dynamic && !type.equals("0x0") || !json.path("accessList").isEmpty()) {
        return Optional.empty();
      }
      BigInteger v = quantity(json, "v");
      boolean bound = dynamic || v.compareTo(BigInteger.valueOf(EIP_155)) >= 0;
      if (!bound) {
        return Optional.empty();
      }
      BigInteger parity = dynamic ? v : v.subtract(BigInteger.valueOf(EIP_155)).mod(BigInteger.TWO);
      long chain =
          dynamic
              ? quantity(json, "chainId").longValueExact()
              : v.subtract(BigInteger.valueOf(EIP_155)).shiftRight(1).longValueExact();
      JsonNode to = json.path("to");
      Transaction t =
          new Transaction(
              chain,
              quantity(json, "nonce").longValueExact(),
              dynamic ? quantity(json, "maxPriorityFeePerGas") : BigInteger.ZERO,
              quantity(json, dynamic ? "maxFeePerGas" : "gasPrice"),
              quantity(json, "gas").longValueExact(),
              to.isString() ? Optional.of(Address.parse(to.asString())) : Optional.empty(),
              quantity(json, "value"),
              Hex.data(json.path("input").asString("")));
      Word digest = dynamic ? Keccak.hash(typed(t.dynamicFields())) : t.digestWithGasPrice();
      Key.Signature signature =
          new Key.Signature(
              parity.intValueExact() & 1,
              Word.of(quantity(json, "r")),
              Word.of(quantity(json, "s")));
      return Optional.of(Key.publicKey(digest, signature));
    } catch (FormatException | ArithmeticException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static BigInteger quantity(JsonNode json, String field) {
    return Hex.quantity(json.path(field).asString(""));
  }

  private List<Rlp.Item> dynamicFields() {
    List<Rlp.Item> fields = new ArrayList<>();
    fields.add(number(chainId));
    fields.add(number(nonce));
    fields.add(Rlp.Bytes.of(maxPriorityFee));
    fields.add(Rlp.Bytes.of(maxFee));
    addCommon(fields);
    fields.add(new Rlp.Items(List.of()));
    return fields;
  }

  /** Signed as EIP-1559 has it: what {@code eth_sendRawTransaction} takes. */
  public byte[] signed(Key key) {
    List<Rlp.Item> fields = dynamicFields();
    Key.Signature signature = key.sign(Keccak.hash(typed(fields)));
    fields.add(number(signature.yParity()));
    addSignature(fields, signature);
    return typed(fields);
  }

  /** Signed as EIP-155 has it, for chains without a base fee. */
  public byte[] signedWithGasPrice(Key key) {
    List<Rlp.Item> fields = legacyFields();
    Key.Signature signature = key.sign(digestWithGasPrice());
    fields.add(number(chainId * 2 + EIP_155 + signature.yParity()));
    addSignature(fields, signature);
    return Rlp.encode(new Rlp.Items(fields));
  }

  private List<Rlp.Item> legacyFields() {
    List<Rlp.Item> fields = new ArrayList<>();
    fields.add(number(nonce));
    fields.add(Rlp.Bytes.of(maxFee));
    addCommon(fields);
    return fields;
  }

  private Word digestWithGasPrice() {
    List<Rlp.Item> hashed = legacyFields();
    hashed.add(number(chainId));
    hashed.add(number(0));
    hashed.add(number(0));
    return Keccak.hash(Rlp.encode(new Rlp.Items(hashed)));
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
