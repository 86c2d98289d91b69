package org.buildchain.substituter.net;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Optional;
import org.buildchain.store.posix.CFunction;

/** Makes .xz files by the machine's own liblzma, where it has one. For one thread. */
final class LibLzmaOutput extends OutputStream {
  private static final int BUFFER = 1 << 16;

  /** {@code LZMA_CHECK_CRC64}, as {@code xz} and Nix have it. */
  private static final int CRC64 = 4;

  private final LibLzma.Library library;
  private final OutputStream out;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = CFunction.state(arena);
  private final MemorySegment stream = arena.allocate(LibLzma.STREAM_BYTES, Long.BYTES);
  private final MemorySegment input = arena.allocate(BUFFER);
  private final MemorySegment output = arena.allocate(BUFFER);
  private final byte[] made = new byte[BUFFER];
  private boolean broken;
  private boolean closed;

  private LibLzmaOutput(LibLzma.Library library, OutputStream out) {
    this.library = library;
    this.out = out;
  }

  /**
   * A stream that packs into {@code out}; none if the machine has no liblzma. It must be closed,
   * which closes {@code out}.
   *
   * @param preset 0 to 9
   */
  static Optional<OutputStream> open(OutputStream out, int preset) throws IOException {
    if (LibLzma.LIBRARY.isEmpty()) {
      return Optional.empty();
    }
    LibLzmaOutput opened = new LibLzmaOutput(LibLzma.LIBRARY.get(), out);
    try {
      check((int) opened.library.encoder().call(opened.errno, opened.address(), preset, CRC64));
    } catch (IOException e) {
      opened.free();
      throw e;
    }
    return Optional.of(opened);
  }

  private long address() {
    return stream.address();
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    if (closed || broken) {
      throw new IOException("the stream is closed");
    }
    for (int at = 0; at < length; ) {
      int count = Math.min(BUFFER, length - at);
      MemorySegment.copy(from, offset + at, input, ValueLayout.JAVA_BYTE, 0, count);
      stream.set(ValueLayout.JAVA_LONG, LibLzma.NEXT_IN, input.address());
      stream.set(ValueLayout.JAVA_LONG, LibLzma.AVAIL_IN, count);
      at += count;
      while (stream.get(ValueLayout.JAVA_LONG, LibLzma.AVAIL_IN) > 0) {
        step(LibLzma.RUN);
      }
    }
  }

  /** Packs some of what is there; says whether the file has ended. */
  private boolean step(int action) throws IOException {
    stream.set(ValueLayout.JAVA_LONG, LibLzma.NEXT_OUT, output.address());
    stream.set(ValueLayout.JAVA_LONG, LibLzma.AVAIL_OUT, BUFFER);
    int result = (int) library.code().call(errno, address(), action);
    boolean whole = false;
    try {
      if (result != LibLzma.STREAM_END) {
        check(result);
      }
      int count = BUFFER - (int) stream.get(ValueLayout.JAVA_LONG, LibLzma.AVAIL_OUT);
      MemorySegment.copy(output, ValueLayout.JAVA_BYTE, 0, made, 0, count);
      out.write(made, 0, count);
      whole = true;
    } finally {
      // What has a gap must not get an end.
      broken |= !whole;
    }
    return result == LibLzma.STREAM_END;
  }

  /** Source: {@code lzma_ret}. */
  private static void check(int result) throws IOException {
    switch (result) {
      case LibLzma.OK -> {}
      case 5 -> throw new IOException("there is no memory left to make an xz file");
      default -> throw new IOException("liblzma fails with " + result + " to make an xz file");
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      while (!broken && !step(LibLzma.FINISH)) {
        // There is more than one buffer has room for.
      }
    } finally {
      free();
    }
  }

  private void free() {
    library.end().call(errno, address());
    arena.close();
  }
}
