package org.buildchain.diff.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.Effect;
import org.buildchain.store.format.FormatException;
import org.tukaani.xz.SingleXZInputStream;

/**
 * Reads what xz (The .xz File Format 1.2.1), zstd (RFC 8878) and bzip2 make: a single stream that
 * fills the file. Others, which may hide something behind it or before, are refused: padding,
 * several streams, skippable frames.
 */
public final class PackedReader {
  /** How an xz file begins. */
  public static final String XZ = "\u00fd7zXZ\u0000";

  /** How a frame of zstd begins. */
  public static final String ZSTD = "\u0028\u00b5\u002f\u00fd";

  /** How a bzip2 file begins, but for the size of its blocks. */
  public static final String BZIP2 = "BZh";

  private static final int BUFFER = 1 << 16;

  /** Enough for what {@code xz -9} makes. */
  private static final int MAX_XZ_KIB = 128 << 10;

  private PackedReader() {}

  private interface Opener {
    InputStream open(InputStream in) throws IOException;
  }

  /**
   * Unpacks an xz file.
   *
   * @throws FormatException if it is not whole, has more than a stream, or unpacks to more than the
   *     budget has
   */
  public static Layout xz(Bytes file, Budget budget) {
    return read("xz file", file, budget, in -> new SingleXZInputStream(in, MAX_XZ_KIB));
  }

  /** The same for zstd. */
  public static Layout zstd(Bytes file, Budget budget) {
    byte[] all = new byte[file.length()];
    file.buffer().get(all);
    try {
      if (Zstd.findFrameCompressedSize(all) != all.length) {
        throw new FormatException("zstd file", "expected one frame");
      }
    } catch (ZstdException e) {
      throw new FormatException("zstd file", String.valueOf(e.getMessage()));
    }
    return read("zstd file", file, budget, ZstdInputStreamNoFinalizer::new);
  }

  /** The same for bzip2. */
  public static Layout bzip2(Bytes file, Budget budget) {
    return read("bzip2 file", file, budget, in -> new BZip2CompressorInputStream(in, false));
  }

  private static Layout read(String what, Bytes file, Budget budget, Opener opener) {
    byte[] all = new byte[file.length()];
    file.buffer().get(all);
    ByteArrayInputStream in = new ByteArrayInputStream(all);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (InputStream content = opener.open(in)) {
      byte[] buffer = new byte[BUFFER];
      for (int n; (n = content.read(buffer)) >= 0; ) {
        budget.take(n);
        out.write(buffer, 0, n);
      }
    } catch (IOException | RuntimeException e) {
      throw e instanceof FormatException f
          ? f
          : new FormatException(what, String.valueOf(e.getMessage()));
    }
    if (in.available() > 0) {
      throw new FormatException(
          what, (long) file.length() - in.available(), "expected the end of the file");
    }
    Piece content = Piece.file("", Bytes.of(out.toByteArray()), Optional.of(file));
    return Layout.of(List.of(new Entry("", List.of(content))), Effect.CODE);
  }
}
