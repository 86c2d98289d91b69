package org.buildchain.substituter.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** What holds for both ways; the files are made by XZ for Java. */
class XzTest {
  private static final int LIMIT = 128 << 10;

  enum Way {
    LIBLZMA {
      @Override
      InputStream open(InputStream in, int memoryKib) throws IOException {
        return LibLzma.open(in, memoryKib).orElseThrow();
      }

      @Override
      OutputStream pack(OutputStream out, int preset) throws IOException {
        return LibLzmaOutput.open(out, preset).orElseThrow();
      }
    },
    JAVA {
      @Override
      InputStream open(InputStream in, int memoryKib) throws IOException {
        return Xz.java(in, memoryKib);
      }

      @Override
      OutputStream pack(OutputStream out, int preset) throws IOException {
        return Xz.packJava(out, preset);
      }
    };

    abstract InputStream open(InputStream in, int memoryKib) throws IOException;

    abstract OutputStream pack(OutputStream out, int preset) throws IOException;

    byte[] unpack(byte[] file) throws IOException {
      try (InputStream in = open(new ByteArrayInputStream(file), LIMIT)) {
        return in.readAllBytes();
      }
    }
  }

  private static byte[] pack(byte[] content, int check, FilterOptions... options)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(file, options, check)) {
      out.write(content);
    }
    return file.toByteArray();
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    Random random = new Random(size);
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : i / 7);
    }
    return content;
  }

  private static byte[] join(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.write(part);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @EnumSource
  void unpacks(Way way) throws IOException {
    for (int size : new int[] {0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 3_000_000}) {
      byte[] content = content(size);
      assertArrayEquals(
          content, way.unpack(pack(content, XZ.CHECK_CRC64, new LZMA2Options(1))), size + " bytes");
    }
    byte[] content = content(100_000);
    for (int check : new int[] {XZ.CHECK_NONE, XZ.CHECK_CRC32, XZ.CHECK_SHA256}) {
      assertArrayEquals(
          content, way.unpack(pack(content, check, new X86Options(), new LZMA2Options(6))));
    }
  }

  /** By the machine's {@code xz}, which also tells a file that has no check. */
  @ParameterizedTest
  @EnumSource
  void othersUnpackWhatIsMade(Way way, @TempDir Path folder) throws Exception {
    for (int size : new int[] {0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 3_000_000}) {
      for (int preset : new int[] {0, 6}) {
        byte[] content = content(size);
        Path file = folder.resolve("x.xz");
        try (OutputStream out = way.pack(Files.newOutputStream(file), preset)) {
          out.write(content, 0, size / 3);
          for (int at = size / 3; at < size; at += 70_000) {
            out.write(content, at, Math.min(70_000, size - at));
          }
        }
        Process xz = new ProcessBuilder("xz", "-dc", file.toString()).start();
        assertArrayEquals(content, xz.getInputStream().readAllBytes(), size + " bytes");
        assertEquals(0, xz.waitFor());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatCannotBeWrittenGetsNoEnd(Way way) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    boolean[] closed = new boolean[1];
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            if (file.size() == 5000) {
              throw new IOException("no room");
            }
            file.write(one);
          }

          @Override
          public void close() {
            closed[0] = true;
          }
        };
    byte[] random = new byte[3_000_000];
    new Random(1).nextBytes(random);
    IOException e =
        assertThrows(
            IOException.class,
            () -> {
              try (OutputStream out = way.pack(full, 0)) {
                out.write(random);
              }
            });
    assertEquals("no room", e.getMessage());
    assertTrue(closed[0]);
    assertEquals(5000, file.size());
  }

  /** The .xz File Format, 2.2: streams and padding of four bytes each may follow. */
  @ParameterizedTest
  @EnumSource
  void severalStreams(Way way) throws IOException {
    byte[] one = pack(content(70_000), XZ.CHECK_CRC32, new LZMA2Options(1));
    byte[] two = pack(content(5), XZ.CHECK_CRC32, new LZMA2Options(1));
    assertArrayEquals(
        join(content(70_000), content(5)), way.unpack(join(one, new byte[8], two, new byte[4])));
    assertThrows(IOException.class, () -> way.unpack(join(one, new byte[3])));
    assertThrows(IOException.class, () -> way.unpack(join(one, new byte[] {1, 2, 3, 4})));
  }

  @ParameterizedTest
  @EnumSource
  void neverOtherBytes(Way way) throws IOException {
    byte[] content = content(300);
    byte[] file = pack(content, XZ.CHECK_CRC64, new LZMA2Options(1));
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThrows(IOException.class, () -> way.unpack(cut), length + " bytes");
    }
    for (int bit = 0; bit < file.length * 8; bit++) {
      byte[] changed = file.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(IOException.class, () -> way.unpack(changed), "bit " + bit);
    }
  }

  @ParameterizedTest
  @EnumSource
  void memoryHasALimit(Way way) throws IOException {
    LZMA2Options options = new LZMA2Options(1);
    options.setDictSize(64 << 20);
    byte[] file = pack(content(10), XZ.CHECK_CRC32, options);
    assertArrayEquals(content(10), way.unpack(file));
    IOException e =
        assertThrows(
            IOException.class,
            () -> {
              try (InputStream in = way.open(new ByteArrayInputStream(file), 32 << 10)) {
                in.readAllBytes();
              }
            });
    assertTrue(e.getMessage().contains("memory"), e.getMessage());
  }

  /** A stream whose readers wait, behind what it has, for a word from the test. */
  private static final class Waiting extends InputStream {
    private final InputStream before;
    private final CountDownLatch waits = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final boolean endedByClose;

    Waiting(byte[] before, boolean endedByClose) {
      this.before = new ByteArrayInputStream(before);
      this.endedByClose = endedByClose;
    }

    @Override
    public int read() throws IOException {
      int next = before.read();
      if (next < 0) {
        waits.countDown();
        try {
          goesOn.await();
        } catch (InterruptedException e) {
          throw new InterruptedIOException();
        }
      }
      return next;
    }

    @Override
    public void close() {
      if (endedByClose) {
        goesOn.countDown();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isClosedWhileSomebodyReads(boolean endsTheWait) throws Exception {
    byte[] file = pack(content(100_000), XZ.CHECK_CRC32, new LZMA2Options(1));
    Waiting source = new Waiting(Arrays.copyOf(file, file.length / 2), endsTheWait);
    InputStream in = Way.LIBLZMA.open(source, LIMIT);
    CompletableFuture<byte[]> reader = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    reader.complete(in.readAllBytes());
                  } catch (Throwable e) {
                    reader.completeExceptionally(e);
                  }
                });
    source.waits.await();
    in.close();
    source.goesOn.countDown();
    thread.join();
    ExecutionException e = assertThrows(ExecutionException.class, reader::get);
    assertEquals("the stream is closed", e.getCause().getMessage());
    in.close();
    assertThrows(IOException.class, in::read);
  }
}
