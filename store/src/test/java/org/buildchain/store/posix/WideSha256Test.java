package org.buildchain.store.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's own SHA-256. On a processor without AVX-512 it must say that it can't. */
class WideSha256Test {
  private static boolean processorCan() throws Exception {
    List<String> flags =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(l -> l.startsWith("flags"))
            .findFirst()
            .map(l -> List.of(l.split("\\s+")))
            .orElse(List.of());
    return flags.contains("avx512f") && flags.contains("avx512bw");
  }

  @Test
  void isFoundWhereTheProcessorCan() throws Exception {
    assertEquals(processorCan(), WideSha256.find().isPresent());
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 4096, 1 << 20})
  void digestsAsTheJdkDoes(int length) throws Exception {
    Optional<WideSha256> wide = WideSha256.find();
    Random random = new Random(length);
    try (Arena arena = Arena.ofConfined()) {
      for (int count : new int[] {1, 2, 15, 16}) {
        List<MemorySegment> messages = new ArrayList<>();
        List<byte[]> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          byte[] data = new byte[length];
          random.nextBytes(data);
          MemorySegment message = arena.allocate(length);
          MemorySegment.copy(data, 0, message, ValueLayout.JAVA_BYTE, 0, length);
          messages.add(message);
          expected.add(MessageDigest.getInstance("SHA-256").digest(data));
        }
        List<byte[]> digests = wide.isPresent() ? wide.get().digest(messages) : expected;
        assertEquals(count, digests.size());
        for (int i = 0; i < count; i++) {
          assertArrayEquals(expected.get(i), digests.get(i));
        }
      }
    }
  }

  @Test
  void refusesWhatItCantDigestTogether() {
    assertTrue(WideSha256.fits(64));
    assertEquals(false, WideSha256.fits(0));
    assertEquals(false, WideSha256.fits(65));
    WideSha256.find()
        .ifPresent(
            wide -> {
              try (Arena arena = Arena.ofConfined()) {
                List<MemorySegment> unequal = List.of(arena.allocate(64), arena.allocate(128));
                assertThrows(IllegalArgumentException.class, () -> wide.digest(unequal));
                List<MemorySegment> odd = List.of(arena.allocate(65));
                assertThrows(IllegalArgumentException.class, () -> wide.digest(odd));
              }
            });
  }
}
