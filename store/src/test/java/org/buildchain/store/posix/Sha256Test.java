package org.buildchain.store.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's own SHA-256, which it must be where the processor has nothing better. */
class Sha256Test {
  @Test
  void isNativeWhereTheProcessorCan() throws Exception {
    boolean can =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(l -> l.startsWith("flags"))
            .anyMatch(l -> List.of(l.split("\\s+")).contains("sha_ni"));
    assertEquals(!can, Sha256.isJavas());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 4096, 200_001})
  void digestsAsTheJdkDoesInPiecesOfAnyLength(int length) throws Exception {
    Random random = new Random(length);
    byte[] data = new byte[length];
    random.nextBytes(data);
    byte[] expected = MessageDigest.getInstance("SHA-256").digest(data);
    assertArrayEquals(expected, Sha256.of(data));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment outside = outside(arena, data);
      for (int most : new int[] {3, 64, 100, 70_000}) {
        Sha256 digest = new Sha256();
        for (int at = 0; at < length; ) {
          int n = Math.min(length - at, 1 + random.nextInt(most));
          if (random.nextBoolean()) {
            digest.update(data, at, n);
          } else {
            digest.update(outside.asSlice(at, n));
          }
          at += n;
        }
        assertArrayEquals(expected, digest.finish());
      }
    }
  }

  private static MemorySegment outside(Arena arena, byte[] data) {
    MemorySegment outside = arena.allocate(Math.max(1, data.length));
    MemorySegment.copy(data, 0, outside, ValueLayout.JAVA_BYTE, 0, data.length);
    return outside.asSlice(0, data.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 100, 4096, 1 << 20})
  void digestsManyAtOnceAsTheJdkDoes(int length) throws Exception {
    Random random = new Random(length);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : new int[] {1, 2, 3, 9, 10, 11, 15, 16, 17}) {
        List<Sha256> digests = new ArrayList<>();
        List<MessageDigest> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          digests.add(new Sha256());
          expected.add(MessageDigest.getInstance("SHA-256"));
        }
        for (int round = 0; round < 2; round++) {
          List<MemorySegment> pieces = new ArrayList<>();
          for (MessageDigest one : expected) {
            byte[] data = new byte[length];
            random.nextBytes(data);
            one.update(data);
            pieces.add(outside(arena, data));
          }
          Sha256.updateAll(digests, pieces);
        }
        for (int i = 0; i < count; i++) {
          assertArrayEquals(expected.get(i).digest(), digests.get(i).finish());
        }
      }
    }
  }

  @Test
  void goesOnWithPartsOfBlocksOneByOne() throws Exception {
    byte[] data = new byte[128];
    new Random(1).nextBytes(data);
    List<Sha256> digests = new ArrayList<>();
    List<MemorySegment> pieces = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < 16; i++) {
        Sha256 digest = new Sha256();
        digest.update(data, 0, i);
        digests.add(digest);
        pieces.add(outside(arena, data));
      }
      Sha256.updateAll(digests, pieces);
    }
    for (int i = 0; i < 16; i++) {
      MessageDigest expected = MessageDigest.getInstance("SHA-256");
      expected.update(data, 0, i);
      assertArrayEquals(expected.digest(data), digests.get(i).finish());
    }
  }

  @Test
  void digestsPiecesOfDifferentLengthsAtOnce() throws Exception {
    Random random = new Random(5);
    List<Sha256> digests = new ArrayList<>();
    List<MemorySegment> pieces = new ArrayList<>();
    List<byte[]> expected = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < 40; i++) {
        byte[] data = new byte[random.nextInt(i % 3 == 0 ? 200 : 100_000)];
        random.nextBytes(data);
        expected.add(MessageDigest.getInstance("SHA-256").digest(data));
        digests.add(new Sha256());
        pieces.add(outside(arena, data));
      }
      Sha256.updateAll(digests, pieces);
    }
    for (int i = 0; i < digests.size(); i++) {
      assertArrayEquals(expected.get(i), digests.get(i).finish());
    }
  }

  @Test
  void refusesPiecesThatItCannotDigest() {
    List<Sha256> two = List.of(new Sha256(), new Sha256());
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> one = List.of(arena.allocate(64));
      assertThrows(IllegalArgumentException.class, () -> Sha256.updateAll(two, one));
      List<MemorySegment> inHeap = List.of(arena.allocate(64), MemorySegment.ofArray(new byte[64]));
      assertThrows(IllegalArgumentException.class, () -> Sha256.updateAll(two, inHeap));
    }
  }
}
