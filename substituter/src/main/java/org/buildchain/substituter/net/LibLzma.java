package org.buildchain.substituter.net;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.buildchain.store.posix.CFunction;

/**
 * Unpacks .xz files by the machine's own liblzma, where it has one. For one reader at a time; it
 * may be closed meanwhile.
 *
 * <p>Source: liblzma's {@code lzma/base.h} and {@code lzma/container.h}, whose interface has been
 * the same since 5.0.
 */
final class LibLzma extends InputStream {
  /** The library's functions, if the machine has it. */
  static final Optional<Library> LIBRARY = load();

  private static final int BUFFER = 1 << 16;

  /** {@code lzma_stream}, and where its fields stand. */
  static final long STREAM_BYTES = 136;

  static final long NEXT_IN = 0;
  static final long AVAIL_IN = 8;
  static final long NEXT_OUT = 24;
  static final long AVAIL_OUT = 32;

  /** {@code LZMA_CONCATENATED}: several streams and padding, as in whole files. */
  private static final int CONCATENATED = 0x08;

  static final int RUN = 0;
  static final int FINISH = 3;
  static final int OK = 0;
  static final int STREAM_END = 1;

  private final Library library;
  private final InputStream in;
  private final int memoryKib;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = CFunction.state(arena);
  private final MemorySegment stream = arena.allocate(STREAM_BYTES, Long.BYTES);
  private final MemorySegment input = arena.allocate(BUFFER);
  private final MemorySegment output = arena.allocate(BUFFER);
  private final byte[] taken = new byte[BUFFER];

  /** What stands in {@link #output} and was not yet read: from here to {@link #produced}. */
  private int at;

  private int produced;
  private boolean inputEnded;
  private boolean ended;

  /** Held by who reads, and by who gives the memory back. */
  private final ReentrantLock use = new ReentrantLock();

  private volatile boolean closed;
  private boolean freed;

  record Library(CFunction decoder, CFunction encoder, CFunction code, CFunction end) {}

  private LibLzma(Library library, InputStream in, int memoryKib) {
    this.library = library;
    this.in = in;
    this.memoryKib = memoryKib;
  }

  private static Optional<Library> load() {
    SymbolLookup symbols;
    try {
      symbols = SymbolLookup.libraryLookup("liblzma.so.5", Arena.global());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(
        new Library(
            CFunction.at(symbols.findOrThrow("lzma_stream_decoder")),
            CFunction.at(symbols.findOrThrow("lzma_easy_encoder")),
            CFunction.at(symbols.findOrThrow("lzma_code")),
            CFunction.at(symbols.findOrThrow("lzma_end"))));
  }

  /**
   * A stream of what {@code in} unpacks to; none if the machine has no liblzma. It must be closed,
   * which closes {@code in}.
   *
   * @param memoryKib the most memory that unpacking may take
   */
  static Optional<InputStream> open(InputStream in, int memoryKib) throws IOException {
    if (LIBRARY.isEmpty()) {
      return Optional.empty();
    }
    LibLzma opened = new LibLzma(LIBRARY.get(), in, memoryKib);
    try {
      opened.begin();
    } catch (IOException e) {
      opened.closed = true;
      opened.free();
      throw e;
    }
    return Optional.of(opened);
  }

  private void begin() throws IOException {
    check(
        (int)
            library.decoder().call(errno, stream.address(), (long) memoryKib << 10, CONCATENATED));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    use.lock();
    try {
      return take(into, offset, length);
    } finally {
      use.unlock();
      free();
    }
  }

  private int take(byte[] into, int offset, int length) throws IOException {
    requireOpen();
    while (at == produced && length > 0) {
      if (ended) {
        return -1;
      }
      produce();
    }
    int count = Math.min(length, produced - at);
    MemorySegment.copy(output, ValueLayout.JAVA_BYTE, at, into, offset, count);
    at += count;
    return count;
  }

  /** Fills {@link #output} with what comes next, which may be nothing yet. */
  private void produce() throws IOException {
    if (!inputEnded && stream.get(ValueLayout.JAVA_LONG, AVAIL_IN) == 0) {
      int count = in.read(taken, 0, BUFFER);
      requireOpen();
      inputEnded = count < 0;
      MemorySegment.copy(taken, 0, input, ValueLayout.JAVA_BYTE, 0, Math.max(0, count));
      stream.set(ValueLayout.JAVA_LONG, NEXT_IN, input.address());
      stream.set(ValueLayout.JAVA_LONG, AVAIL_IN, Math.max(0, count));
    }
    stream.set(ValueLayout.JAVA_LONG, NEXT_OUT, output.address());
    stream.set(ValueLayout.JAVA_LONG, AVAIL_OUT, BUFFER);
    int result = (int) library.code().call(errno, stream.address(), inputEnded ? FINISH : RUN);
    at = 0;
    produced = BUFFER - (int) stream.get(ValueLayout.JAVA_LONG, AVAIL_OUT);
    ended = result == STREAM_END;
    if (!ended) {
      check(result);
    }
  }

  /** Source: {@code lzma_ret}. */
  private void check(int result) throws IOException {
    String why =
        switch (result) {
          case OK -> "";
          case 5 -> "there is no memory left for it";
          case 6 -> "it needs more memory than the " + memoryKib + " KiB that are allowed";
          case 7 -> "it is none";
          case 8 -> "it has options that liblzma does not know";
          case 9 -> "it is corrupt";
          case 10 -> "it ends early";
          default -> "liblzma fails with " + result;
        };
    if (!why.isEmpty()) {
      throw new IOException("the xz file cannot be unpacked: " + why);
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      in.close();
    } finally {
      free();
    }
  }

  /** Gives the memory back if it is closed, and nobody reads: who does calls this afterwards. */
  private void free() {
    if (!closed || !use.tryLock()) {
      return;
    }
    try {
      if (!freed) {
        freed = true;
        library.end().call(errno, stream.address());
        arena.close();
      }
    } finally {
      use.unlock();
    }
  }
}
