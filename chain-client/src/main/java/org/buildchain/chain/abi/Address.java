package org.buildchain.chain.abi;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.buildchain.store.format.FormatException;

/** An account or a contract: 20 bytes. Immutable. */
public record Address(byte[] bytes) implements Comparable<Address> {
  /** How many bytes an address has. */
  public static final int SIZE = 20;

  /** Nobody. */
  public static final Address ZERO = new Address(new byte[SIZE]);

  /**
   * Copies the bytes.
   *
   * @throws FormatException if they are not {@value #SIZE}
   */
  public Address {
    if (bytes.length != SIZE) {
      throw new FormatException("address", "expected " + SIZE + " bytes, not " + bytes.length);
    }
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Reads {@code 0x} and 40 digits. In mixed case they must be those of EIP-55, which finds nearly
   * all slips.
   *
   * @throws FormatException if it is no address, or its checksum is wrong
   */
  public static Address parse(String text) {
    if (text.length() != 2 + 2 * SIZE) {
      throw new FormatException("address '" + text + "'", "expected 0x and 40 digits");
    }
    Address address = new Address(Hex.data(text));
    String digits = text.substring(2);
    boolean mixed =
        !digits.equals(digits.toLowerCase(Locale.ROOT))
            && !digits.equals(digits.toUpperCase(Locale.ROOT));
    if (mixed && !address.toString().equals(text)) {
      throw new FormatException("address '" + text + "'", "its checksum (EIP-55) is wrong");
    }
    return address;
  }

  /** The last 20 bytes of a word. */
  public static Address of(Word word) {
    return new Address(Arrays.copyOfRange(word.bytes(), Word.SIZE - SIZE, Word.SIZE));
  }

  /** The address in the last 20 bytes of a word. */
  public Word word() {
    byte[] out = new byte[Word.SIZE];
    System.arraycopy(bytes, 0, out, Word.SIZE - SIZE, SIZE);
    return new Word(out);
  }

  /**
   * Where a contract will stand that this account creates. Source: Ethereum yellow paper, section
   * 7.
   *
   * @param nonce of the account's transaction, or the number of the contract's creation
   */
  public Address created(long nonce) {
    byte[] rlp =
        Rlp.encode(
            new Rlp.Items(List.of(new Rlp.Bytes(bytes), Rlp.Bytes.of(BigInteger.valueOf(nonce)))));
    return of(Keccak.hash(rlp));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Address a && Arrays.equals(a.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public int compareTo(Address o) {
    return Arrays.compareUnsigned(bytes, o.bytes);
  }

  /** {@code 0x} and 40 digits, in the mixed case of EIP-55. */
  @Override
  public String toString() {
    char[] digits = Hex.data(bytes).toCharArray();
    String plain = new String(digits, 2, digits.length - 2);
    byte[] hash = Keccak.hash(plain.getBytes(StandardCharsets.US_ASCII)).bytes();
    for (int i = 0; i < plain.length(); i++) {
      int nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15;
      if (nibble >= 8) {
        digits[i + 2] = Character.toUpperCase(digits[i + 2]);
      }
    }
    return new String(digits);
  }
}
