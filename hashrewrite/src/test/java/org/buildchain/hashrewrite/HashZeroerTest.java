package org.buildchain.hashrewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashZeroerTest {
  private static final String SELF = "0123456789abcdfghijklmnpqrsvwxyz";
  private static final String OTHER = "zyxwvsrqpnmlkjihgfdcba9876543210";
  private static final int BLOCK = 64;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The expected result, found by looking at every position. */
  private static byte[] naive(byte[] data, List<Long> offsets) {
    byte[] out = data.clone();
    String text = new String(data, StandardCharsets.ISO_8859_1);
    for (int at = text.indexOf(SELF); at >= 0; at = text.indexOf(SELF, at + 32)) {
      offsets.add((long) at);
      java.util.Arrays.fill(out, at, at + 32, (byte) 0);
    }
    return out;
  }

  private static void check(byte[] data) throws IOException {
    HashZeroer zeroer = new HashZeroer(new HashFinder(List.of(OTHER, SELF)), 1, BLOCK);
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    ByteArrayOutputStream zeroed = new ByteArrayOutputStream();
    zeroer.begin(new ByteArrayInputStream(data), data.length, raw::write);
    for (byte[] block; (block = zeroer.next()).length > 0; ) {
      if (zeroed.size() % BLOCK != 0) {
        throw new AssertionError("a block before the last one is short");
      }
      zeroed.writeBytes(block);
    }
    List<Long> offsets = new ArrayList<>();
    byte[] expected = naive(data, offsets);
    assertArrayEquals(data, raw.toByteArray());
    assertArrayEquals(expected, zeroed.toByteArray());
    assertArrayEquals(
        offsets.stream().mapToLong(Long::longValue).toArray(), zeroer.rewrites().offsets());
    StreamZeroer stream = new StreamZeroer(SELF, (d, o, n) -> {});
    stream.write(data, 0, data.length);
    assertArrayEquals(zeroer.rewrites().offsets(), stream.finish().offsets());

    byte[] restored = zeroed.toByteArray();
    for (int at = 0; at < restored.length; at += 7) {
      int n = Math.min(7, restored.length - at);
      zeroer.rewrites().restore(ascii(SELF), at, restored, at, n);
    }
    assertArrayEquals(data, restored);
  }

  @Test
  void anOccurrenceAtEveryOffset() throws IOException {
    for (int offset = 0; offset <= 2 * BLOCK + 3; offset++) {
      check(ascii("-".repeat(offset) + SELF + "tail"));
      check(ascii("-".repeat(offset) + SELF));
    }
  }

  @Test
  void neighboursAndNearMisses() throws IOException {
    check(ascii(SELF + SELF + "x" + SELF));
    check(ascii(SELF.substring(1) + SELF.substring(0, 31)));
    check(ascii("0" + SELF + "0"));
    check(new byte[0]);
  }

  @Test
  void randomBytesWithOccurrencesAtRandomPlaces() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      byte[] data = new byte[random.nextInt(40 + 5 * BLOCK)];
      random.nextBytes(data);
      for (int i = random.nextInt(6); i > 0 && data.length > 32; i--) {
        System.arraycopy(
            ascii(random.nextBoolean() ? SELF : OTHER),
            0,
            data,
            random.nextInt(data.length - 32),
            32);
      }
      check(data);
    }
  }

  @Test
  void tellsWhichHashesOccurInAnyOfTheFiles() throws IOException {
    HashZeroer zeroer = new HashZeroer(new HashFinder(List.of(OTHER, SELF)), -1, BLOCK);
    zeroer.begin(new ByteArrayInputStream(ascii("a" + OTHER)), 33, (d, o, n) -> {});
    assertArrayEquals(ascii("a" + OTHER), zeroer.next());
    BitSet expected = new BitSet();
    expected.set(0);
    assertEquals(expected, zeroer.seen());
    zeroer.scanText(ascii(SELF + ".so"));
    expected.set(1);
    assertEquals(expected, zeroer.seen());
    assertEquals(0, zeroer.rewrites().count());
  }

  @Test
  void refusesWhatIsNoHash() {
    assertThrows(IllegalArgumentException.class, () -> new HashFinder(List.of("short")));
    assertThrows(IllegalArgumentException.class, () -> new HashFinder(List.of("e".repeat(32))));
    assertThrows(IllegalArgumentException.class, () -> Rewrites.of(5, 36));
  }
}
