package org.buildchain.hashrewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static byte[] naive(byte[] data, List<Long> offsets, List<Integer> which) {
    byte[] out = data.clone();
    String text = new String(data, StandardCharsets.ISO_8859_1);
    for (int at = 0; at < data.length; at++) {
      int hash = text.startsWith(OTHER, at) ? 0 : text.startsWith(SELF, at) ? 1 : -1;
      if (hash >= 0) {
        offsets.add((long) at);
        which.add(hash);
        Arrays.fill(out, at, at + 32, (byte) 0);
        at += 31;
      }
    }
    return out;
  }

  private static void check(byte[] data) throws IOException {
    HashZeroer zeroer = new HashZeroer(new HashFinder(List.of(OTHER, SELF)), true, BLOCK);
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    ByteArrayOutputStream zeroed = new ByteArrayOutputStream();
    zeroer.begin(new ByteArrayInputStream(data), data.length, raw::write, 1000, (n, bytes) -> true);
    for (byte[] block; (block = next(zeroer)).length > 0; ) {
      if (zeroed.size() % BLOCK != 0) {
        throw new AssertionError("a block before the last one is short");
      }
      zeroed.writeBytes(block);
    }
    List<Long> offsets = new ArrayList<>();
    List<Integer> which = new ArrayList<>();
    byte[] expected = naive(data, offsets, which);
    assertArrayEquals(data, raw.toByteArray());
    assertArrayEquals(expected, zeroed.toByteArray());
    assertArrayEquals(
        offsets.stream().mapToLong(Long::longValue).toArray(), zeroer.rewrites().offsets());
    assertArrayEquals(
        which.stream().mapToInt(Integer::intValue).toArray(), zeroer.rewrites().hashes());
    if (!which.contains(0)) {
      StreamZeroer stream = new StreamZeroer(SELF, (d, o, n) -> {});
      stream.write(data, 0, data.length);
      assertArrayEquals(zeroer.rewrites().offsets(), stream.finish().offsets());
    }

    byte[] restored = zeroed.toByteArray();
    for (int at = 0; at < restored.length; at += 7) {
      int n = Math.min(7, restored.length - at);
      zeroer
          .rewrites()
          .restore(new byte[][] {ascii(OTHER), ascii(SELF)}, at, ByteBuffer.wrap(restored), at, n);
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

  private static byte[] next(HashZeroer zeroer) throws IOException {
    ByteBuffer block = zeroer.next();
    byte[] bytes = new byte[block.remaining()];
    block.get(bytes);
    return bytes;
  }

  @Test
  void tellsWhichHashesOccurInAnyOfTheFiles() throws IOException {
    HashZeroer zeroer = new HashZeroer(new HashFinder(List.of(OTHER, SELF)), false, BLOCK);
    zeroer.begin(
        new ByteArrayInputStream(ascii("a" + OTHER)), 33, (d, o, n) -> {}, 1000, (n, b) -> true);
    assertArrayEquals(ascii("a" + OTHER), next(zeroer));
    BitSet expected = new BitSet();
    expected.set(0);
    assertEquals(expected, zeroer.seen());
    zeroer.scanText(ascii(SELF + ".so"));
    expected.set(1);
    assertEquals(expected, zeroer.seen());
    assertEquals(0, zeroer.rewrites().count());
  }

  @Test
  void zeroesNoMoreThanItMayAndOnlyWhereItPays() throws IOException {
    HashZeroer zeroer = new HashZeroer(new HashFinder(List.of(OTHER, SELF)), true, BLOCK);
    byte[] data = ascii(SELF + OTHER);
    zeroer.begin(new ByteArrayInputStream(data), 64, (d, o, n) -> {}, 1, (n, b) -> true);
    assertArrayEquals(ascii("\0".repeat(32) + OTHER), next(zeroer));
    zeroer.begin(new ByteArrayInputStream(data), 64, (d, o, n) -> {}, 9, (n, b) -> n * b != 128);
    assertArrayEquals(data, next(zeroer));
    assertEquals(0, zeroer.rewrites().count());
  }

  @Test
  void whatOverlapsAZeroedTailIsStillSeen() throws IOException {
    // SELF straddles the end of the first block; 'third' begins within its second half.
    String third = SELF.substring(20) + "0".repeat(20);
    HashZeroer zeroer = new HashZeroer(new HashFinder(List.of(SELF, third)), true, BLOCK);
    byte[] data = ascii("-".repeat(BLOCK - 10) + SELF + "0".repeat(20) + "-".repeat(BLOCK));
    zeroer.begin(new ByteArrayInputStream(data), data.length, (d, o, n) -> {}, 9, (n, b) -> true);
    while (zeroer.next().hasRemaining()) {
      // Only what was seen matters.
    }
    assertEquals(2, zeroer.seen().cardinality());
    assertArrayEquals(new int[] {0}, zeroer.rewrites().hashes());
  }

  @Test
  void tellsWhatNoOccurrenceHasAPartIn() {
    Rewrites two = Rewrites.of(100, 200);
    assertEquals(100, two.untouched(0, 500));
    assertEquals(50, two.untouched(0, 50));
    assertEquals(1, two.untouched(99, 500));
    assertEquals(0, two.untouched(100, 500));
    assertEquals(0, two.untouched(131, 500));
    assertEquals(68, two.untouched(132, 500));
    assertEquals(0, two.untouched(231, 500));
    assertEquals(500, two.untouched(232, 500));
    assertEquals(500, Rewrites.NONE.untouched(0, 500));
  }

  @Test
  void refusesWhatIsNoHash() {
    assertThrows(IllegalArgumentException.class, () -> new HashFinder(List.of("short")));
    assertThrows(IllegalArgumentException.class, () -> new HashFinder(List.of("e".repeat(32))));
    assertThrows(IllegalArgumentException.class, () -> Rewrites.of(5, 36));
    assertThrows(IllegalArgumentException.class, () -> Rewrites.of(new long[] {5}, new int[] {-1}));
  }
}
