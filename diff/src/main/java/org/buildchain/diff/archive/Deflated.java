package org.buildchain.diff.archive;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.store.format.FormatException;

/**
 * What a DEFLATE stream (RFC 1951) unpacks to.
 *
 * @param content what it unpacks to
 * @param packed how many bytes the stream has
 * @param crc the CRC-32 of {@code content}
 */
record Deflated(Bytes content, int packed, long crc) {
  private static final int BUFFER = 1 << 16;

  /** Unpacks the stream at the start of {@code in}, within the budget. */
  static Deflated read(Bytes in, Budget budget) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(in.buffer());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      CRC32 crc = new CRC32();
      byte[] buffer = new byte[BUFFER];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        if (n == 0 && !inflater.finished()) {
          throw new FormatException("compressed data", "expected more of it");
        }
        budget.take(n);
        crc.update(buffer, 0, n);
        out.write(buffer, 0, n);
      }
      return new Deflated(
          Bytes.of(out.toByteArray()), (int) inflater.getBytesRead(), crc.getValue());
    } catch (DataFormatException e) {
      throw new FormatException("compressed data", String.valueOf(e.getMessage()));
    } finally {
      inflater.end();
    }
  }
}
