package org.buildchain.hashrewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against looking at each place: long data are searched by native code, short ones are not. */
class HashFinderTest {
  private static final String DIGITS = "0123456789abcdfghijklmnpqrsvwxyz";
  private static final List<String> HASHES =
      List.of("a".repeat(32), "a".repeat(31) + "b", "s66mzxpvicwk07gjbjfw9izjfa797vsw");

  @Test
  void theLibraryIsThere() {
    assertTrue(NativeFinder.FOUND.isPresent());
  }

  /** From bytes of which few are digits to those of which nearly all are. */
  @ParameterizedTest
  @ValueSource(ints = {100, 900, 990, 1000})
  void findsWhatStandsAnywhere(int digits) {
    Random random = new Random(digits);
    HashFinder finder = new HashFinder(HASHES);
    for (int length : new int[] {0, 31, 32, 33, 1000, 1054, 1055, 1056, 5000, 300_000}) {
      byte[] data = new byte[length];
      for (int i = 0; i < length; i++) {
        boolean digit = random.nextInt(1000) < digits;
        data[i] = (byte) (digit ? DIGITS.charAt(random.nextInt(32)) : random.nextInt(256));
      }
      for (int i = length / 400; i > 0; i--) {
        byte[] hash = HASHES.get(random.nextInt(3)).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(hash, 0, data, random.nextInt(length - 32), 32);
      }
      // Hashes in a row, of which each place is looked at.
      Arrays.fill(data, length / 2, Math.min(length, length / 2 + 70), (byte) 'a');
      int from = Math.min(length, random.nextInt(5));
      int to = Math.max(from, length - random.nextInt(40));
      List<String> found = new ArrayList<>();
      finder.scan(data, from, to, length, (hash, at) -> found.add(at + " " + hash));
      assertEquals(everywhere(data, from, to), found);
    }
  }

  private static List<String> everywhere(byte[] data, int from, int to) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    List<String> found = new ArrayList<>();
    for (int at = from; at < to; at++) {
      for (int hash = 0; hash < HASHES.size(); hash++) {
        if (text.startsWith(HASHES.get(hash), at)) {
          found.add(at + " " + hash);
        }
      }
    }
    return found;
  }
}
