package org.buildchain.substituter.upload;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.buildchain.store.format.FormatException;
import org.buildchain.substituter.net.Xz;

/**
 * How NARs are compressed that go to a cache. The same bytes become the same bytes again.
 *
 * @param level the method's own
 */
record Compressor(Method method, int level) {
  private static final int BUFFER = 1 << 16;

  /** Methods, by the names that narinfos have for them. */
  enum Method {
    /** Nix's choice. */
    XZ("xz", ".xz", 0, 9, 6),
    /** Ten times quicker, and somewhat larger. */
    ZSTD("zstd", ".zst", 1, 22, 3),
    /** By blocks of {@code level} × 100 kB. */
    BZIP2("bzip2", ".bz2", 1, 9, 9),
    /** Nix gives it no suffix. */
    GZIP("gzip", "", 0, 9, 6),
    /** As they are, whatever the level. */
    NONE("none", "", 0, Integer.MAX_VALUE, 0);

    private final String nixName;
    private final String suffix;
    private final int least;
    private final int most;
    private final int usual;

    Method(String nixName, String suffix, int least, int most, int usual) {
      this.nixName = nixName;
      this.suffix = suffix;
      this.least = least;
      this.most = most;
      this.usual = usual;
    }
  }

  /**
   * One of Nix's names.
   *
   * @param level empty for the usual one
   * @throws FormatException if there is none, or it has not this level
   */
  static Compressor parse(String name, OptionalInt level) {
    Method method =
        Arrays.stream(Method.values())
            .filter(m -> m.nixName.equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new FormatException(
                        "unknown compression method '"
                            + name
                            + "'; there are "
                            + Arrays.stream(Method.values())
                                .map(m -> m.nixName)
                                .collect(Collectors.joining(", "))));
    int chosen = level.orElse(method.usual);
    if (chosen < method.least || chosen > method.most) {
      throw new FormatException(
          "compression level "
              + chosen
              + ": '"
              + name
              + "' has those from "
              + method.least
              + " to "
              + method.most);
    }
    return new Compressor(method, chosen);
  }

  /** What a narinfo calls it. */
  String nixName() {
    return method.nixName;
  }

  /** How the file's name ends, behind {@code .nar}. */
  String suffix() {
    return method.suffix;
  }

  /** What {@link #compress} takes of memory, in KiB, about. */
  int memory() {
    return method == Method.XZ ? Xz.packMemory(level) : BUFFER >> 10;
  }

  /** Compresses what is written; closing it closes {@code out}. */
  OutputStream compress(OutputStream out) throws IOException {
    return switch (method) {
      case NONE -> out;
      case XZ -> Xz.pack(out, level);
      case ZSTD -> new ZstdOutputStream(out, level);
      case BZIP2 -> new BZip2CompressorOutputStream(out, level);
      case GZIP -> new Gzip(out, level);
    };
  }

  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out, int level) throws IOException {
      super(out, BUFFER);
      def.setLevel(level);
    }
  }
}
