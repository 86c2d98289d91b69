package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class NarFileTest {
  private static final byte[] NAR = new byte[100_000];

  private final AtomicInteger open = new AtomicInteger();

  private NarFile served(byte[] file) {
    BinaryCache cache =
        new BinaryCache() {
          @Override
          public String url() {
            return "here";
          }

          @Override
          public Optional<InputStream> open(String name) {
            open.incrementAndGet();
            return Optional.of(
                new ByteArrayInputStream(file) {
                  @Override
                  public void close() {
                    open.decrementAndGet();
                  }
                });
          }
        };
    return new NarFile(
        cache,
        new NarInfo(
            StorePath.parse("0".repeat(32) + "-x"),
            "nar/x.nar.xz",
            "xz",
            Optional.empty(),
            OptionalLong.empty(),
            Hash.of(HashAlgorithm.SHA256, NAR),
            NAR.length,
            new TreeSet<>(),
            Optional.empty(),
            List.of(),
            Optional.empty()));
  }

  private static byte[] packed() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(file, new LZMA2Options(1))) {
      out.write(NAR);
    }
    return file.toByteArray();
  }

  @Test
  void goesOnInTheMidstOfAPackedFile() throws IOException {
    try (InputStream rest = served(packed()).open(99_000)) {
      assertArrayEquals(new byte[1000], rest.readAllBytes());
    }
    assertEquals(0, open.get());
  }

  @Test
  void aFileThatEndsBeforeThatIsClosed() throws IOException {
    byte[] file = packed();
    NarFile cut = served(Arrays.copyOf(file, file.length / 2));
    assertThrows(IOException.class, () -> cut.open(99_999));
    assertEquals(0, open.get());
  }
}
