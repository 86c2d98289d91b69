package org.buildchain.derivation.site;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/**
 * A log that is compressed once it has grown: most are too short to be worth it. Not thread-safe.
 */
final class LogFile extends OutputStream {
  private static final int PLAIN_MOST = 64 << 10;

  private final Path plain;
  private final Path compressed;
  private final ByteArrayOutputStream start = new ByteArrayOutputStream(1 << 10);
  private OutputStream out = start;
  private boolean closed;

  /**
   * @param plain written at {@link #close} if the log is short
   * @param compressed written otherwise, as bzip2
   */
  LogFile(Path plain, Path compressed) {
    this.plain = plain;
    this.compressed = compressed;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b});
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (out == start && start.size() + length > PLAIN_MOST) {
      out =
          new BZip2CompressorOutputStream(
              new BufferedOutputStream(Files.newOutputStream(compressed)));
      start.writeTo(out);
    }
    out.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (out == start) {
      Files.write(plain, start.toByteArray());
    } else {
      out.close();
    }
  }
}
