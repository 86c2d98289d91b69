package org.buildchain.substituter.net;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/** Unpacks what caches send, in bounded memory. */
public final class Decompression {
  private static final int BUFFER = 1 << 16;

  /** Enough for what {@code xz -9} makes. */
  private static final int MAX_XZ_KIB = 128 << 10;

  private Decompression() {}

  /**
   * The bytes of a compressed stream.
   *
   * @param name the compression as narinfos call it
   * @param most bytes that are taken from {@code in}
   * @throws IOException if there is no such compression here, or the stream is of another one
   */
  public static InputStream open(String name, InputStream in, long most) throws IOException {
    InputStream limited = new Limited(in, most);
    return new BufferedInputStream(
        switch (name) {
          case "none" -> limited;
          case "xz" -> Xz.open(limited, MAX_XZ_KIB);
          case "zstd" -> new ZstdInputStream(limited);
          case "gzip" -> new GZIPInputStream(limited, BUFFER);
          case "bzip2" ->
              new BZip2CompressorInputStream(new BufferedInputStream(limited, BUFFER), true);
          default -> throw new IOException("compression '" + name + "' is not supported");
        },
        BUFFER);
  }

  /** Ends where more comes than may: padding that unpacks to nothing could go on for ever. */
  private static final class Limited extends FilterInputStream {
    private long left;

    Limited(InputStream in, long most) {
      super(in);
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      int n = super.read(into, at, length);
      left -= Math.max(n, 0);
      if (left < 0) {
        throw new IOException("the file is longer than it can be");
      }
      return n;
    }
  }
}
