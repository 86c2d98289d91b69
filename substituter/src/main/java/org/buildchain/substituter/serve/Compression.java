package org.buildchain.substituter.serve;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** How NARs are served. */
public enum Compression {
  /** As they are. */
  NONE("none", ".nar"),
  /** Zstandard, RFC 8878, level 3. */
  ZSTD("zstd", ".nar.zst"),
  /** xz, preset 2: smaller, and some ten times slower. */
  XZ("xz", ".nar.xz");

  private static final int ZSTD_LEVEL = 3;
  private static final int XZ_PRESET = 2;

  private final String nixName;
  private final String suffix;

  Compression(String nixName, String suffix) {
    this.nixName = nixName;
    this.suffix = suffix;
  }

  /** The name in a narinfo. */
  public String nixName() {
    return nixName;
  }

  /** How the NAR's URL ends. */
  String suffix() {
    return suffix;
  }

  /** The compression of this name, or empty for any other text. */
  public static Optional<Compression> parse(String nixName) {
    for (Compression c : values()) {
      if (c.nixName.equals(nixName)) {
        return Optional.of(c);
      }
    }
    return Optional.empty();
  }

  /** Compresses what is written; closing it closes {@code out}. */
  OutputStream compress(OutputStream out) throws IOException {
    return switch (this) {
      case NONE -> out;
      case ZSTD -> new ZstdOutputStream(out, ZSTD_LEVEL);
      case XZ -> new XZOutputStream(out, new LZMA2Options(XZ_PRESET));
    };
  }
}
