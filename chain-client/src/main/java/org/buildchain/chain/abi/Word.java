package org.buildchain.chain.abi;

import java.math.BigInteger;
import java.util.Arrays;
import org.buildchain.store.format.FormatException;

/** 32 bytes: a hash, a salt, a slot of storage, an event's topic. Immutable. */
public record Word(byte[] bytes) implements Comparable<Word> {
  /** How many bytes a word has. */
  public static final int SIZE = 32;

  /** 32 zeros. */
  public static final Word ZERO = new Word(new byte[SIZE]);

  /**
   * Copies the bytes.
   *
   * @throws FormatException if they are not {@value #SIZE}
   */
  public Word {
    if (bytes.length != SIZE) {
      throw new FormatException("word", "expected " + SIZE + " bytes, not " + bytes.length);
    }
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Reads {@code 0x…}.
   *
   * @throws FormatException if it is not 32 bytes
   */
  public static Word parse(String text) {
    return new Word(Hex.data(text));
  }

  /**
   * A number in 32 bytes, big-endian.
   *
   * @param value from 0 to 2^256 − 1
   */
  public static Word of(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 8 * SIZE) {
      throw new IllegalArgumentException("out of range: " + value);
    }
    byte[] out = new byte[SIZE];
    byte[] given = value.toByteArray();
    int length = Math.min(given.length, SIZE);
    System.arraycopy(given, given.length - length, out, SIZE - length, length);
    return new Word(out);
  }

  /** A number in 32 bytes. */
  public static Word of(long value) {
    return of(BigInteger.valueOf(value));
  }

  /** The bytes as a number, not negative. */
  public BigInteger number() {
    return new BigInteger(1, bytes);
  }

  /** Whether all bytes are 0. */
  public boolean isZero() {
    return equals(ZERO);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Word w && Arrays.equals(w.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public int compareTo(Word o) {
    return Arrays.compareUnsigned(bytes, o.bytes);
  }

  /** {@code 0x} and 64 digits. */
  @Override
  public String toString() {
    return Hex.data(bytes);
  }
}
