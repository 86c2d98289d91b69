package org.buildchain.substituter.net;

import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * Unpacks and makes .xz files (The .xz File Format 1.2.1): by the machine's liblzma, or else in
 * Java.
 */
public final class Xz {
  private static final int BUFFER = 1 << 16;

  private Xz() {}

  /**
   * What a file unpacks to, in which several streams and padding may follow each other. To be
   * closed, which closes {@code in}.
   *
   * @param memoryKib the most memory that unpacking may take
   * @throws IOException if the file is none, which may also show when it is read
   */
  public static InputStream open(InputStream in, int memoryKib) throws IOException {
    Optional<InputStream> fast = LibLzma.open(in, memoryKib);
    return fast.isPresent() ? fast.get() : java(in, memoryKib);
  }

  /** The same without the machine's library. */
  static InputStream java(InputStream in, int memoryKib) throws IOException {
    return new XZInputStream(new BufferedInputStream(in, BUFFER), memoryKib);
  }

  /**
   * Packs what is written into a file, as {@code xz} does. To be closed, which closes {@code out}.
   * For one thread; on one machine the same bytes become the same file.
   *
   * @param preset 0 to 9
   */
  public static OutputStream pack(OutputStream out, int preset) throws IOException {
    Optional<OutputStream> fast = LibLzmaOutput.open(out, preset);
    return fast.isPresent() ? fast.get() : packJava(out, preset);
  }

  /** The same without the machine's library. */
  static OutputStream packJava(OutputStream out, int preset) throws IOException {
    return new Java(new XZOutputStream(out, new LZMA2Options(preset)));
  }

  /** Throws no exception twice, as XZ's does: in a {@code try} that would hide it. */
  private static final class Java extends FilterOutputStream {
    Java(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
    }

    @Override
    public void close() throws IOException {
      try {
        out.close();
      } catch (IOException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  /** What {@link #pack} takes of memory, in KiB, about. */
  public static int packMemory(int preset) {
    try {
      return new LZMA2Options(preset).getEncoderMemoryUsage();
    } catch (UnsupportedOptionsException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
