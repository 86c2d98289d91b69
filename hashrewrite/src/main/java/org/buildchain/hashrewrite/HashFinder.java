package org.buildchain.hashrewrite;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * Finds 32-digit hash parts in bytes. Most windows are passed over at once: where a byte is no
 * digit of nix-base32 no window over it can match, so that on ordinary data about every tenth byte
 * is looked at (the method of Nix's {@code references.cc}). Immutable, thread-safe.
 */
public final class HashFinder {
  /** The length of a hash part. */
  public static final int LENGTH = 32;

  /** Fewer bytes are not worth a call of native code. */
  private static final int SMALL = 1 << 10;

  private static final byte[] DIGIT = digits();

  private final byte[][] table;
  private final int[] indexes;
  private final int mask;
  private final int size;

  /** Is told of each occurrence, in ascending order of positions. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param hash the index of the hash in the constructor's collection
     * @param position where it begins in the bytes
     */
    void found(int hash, int position);
  }

  /**
   * @param hashes ASCII texts of 32 digits of nix-base32
   * @throws IllegalArgumentException if one is not
   */
  public HashFinder(Collection<String> hashes) {
    size = hashes.size();
    int capacity = Integer.highestOneBit(Math.max(4, size * 4)) * 2;
    mask = capacity - 1;
    table = new byte[capacity][];
    indexes = new int[capacity];
    int index = 0;
    for (String hash : hashes) {
      byte[] bytes = bytes(hash);
      int slot = slot(bytes, 0);
      while (table[slot] != null && !Arrays.equals(table[slot], bytes)) {
        slot = (slot + 1) & mask;
      }
      table[slot] = bytes;
      indexes[slot] = index++;
    }
  }

  /** For each byte 1 if it is a digit, else 0. */
  static byte[] digits() {
    byte[] digit = new byte[256];
    for (char c : "0123456789abcdfghijklmnpqrsvwxyz".toCharArray()) {
      digit[c] = 1;
    }
    return digit;
  }

  private static byte[] bytes(String hash) {
    byte[] bytes = new byte[LENGTH];
    if (hash.length() != LENGTH) {
      throw new IllegalArgumentException("'" + hash + "' has not 32 digits");
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = hash.charAt(i);
      if (c > 255 || DIGIT[c] == 0) {
        throw new IllegalArgumentException("'" + hash + "' has a wrong digit");
      }
      bytes[i] = (byte) c;
    }
    return bytes;
  }

  /** The hashes' digits are uniform, so a few of them are as good as any mixing. */
  private int slot(byte[] data, int at) {
    int h = (data[at + 1] << 20) ^ (data[at + 7] << 15) ^ (data[at + 13] << 10);
    h ^= (data[at + 19] << 5) ^ data[at + 23];
    return (h ^ (h >>> 11)) & mask;
  }

  /**
   * Reports the occurrences that begin in {@code [from, to)} and end before {@code limit}.
   *
   * @param limit the end of the bytes that may be looked at; at least {@code to}
   */
  public void scan(byte[] data, int from, int to, int limit, Sink sink) {
    if (size == 0) {
      return;
    }
    int end = Math.min(to, limit - LENGTH + 1);
    Optional<NativeFinder> fast = end - from < SMALL ? Optional.empty() : NativeFinder.FOUND;
    for (int at = from; at < end; ) {
      int window = fast.isPresent() ? fast.get().find(data, at, end) : find(data, at, end);
      if (window == end) {
        return;
      }
      at = window;
      do {
        look(data, at++, sink);
      } while (at < end && DIGIT[data[at + LENGTH - 1] & 0xff] != 0);
      // What ends the row stands in all windows up to the one that begins with it.
      at += LENGTH;
    }
  }

  /** The first window of digits that begins in {@code [from, to)}, or {@code to}. */
  private static int find(byte[] data, int from, int to) {
    int at = from;
    while (at < to) {
      int bad = at + LENGTH - 1;
      while (bad >= at && DIGIT[data[bad] & 0xff] != 0) {
        bad--;
      }
      if (bad < at) {
        return at;
      }
      at = bad + 1;
    }
    return to;
  }

  private void look(byte[] data, int at, Sink sink) {
    int slot = slot(data, at);
    while (table[slot] != null) {
      if (Arrays.equals(table[slot], 0, LENGTH, data, at, at + LENGTH)) {
        sink.found(indexes[slot], at);
        return;
      }
      slot = (slot + 1) & mask;
    }
  }
}
