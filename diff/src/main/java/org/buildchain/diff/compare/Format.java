package org.buildchain.diff.compare;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.buildchain.diff.archive.ArReader;
import org.buildchain.diff.archive.GzipReader;
import org.buildchain.diff.archive.PackedReader;
import org.buildchain.diff.archive.TarReader;
import org.buildchain.diff.archive.ZipReader;
import org.buildchain.diff.elf.ElfReader;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.picture.PngReader;
import org.buildchain.diff.python.PycReader;

/** The formats that are read in structure. */
enum Format {
  ELF(f -> f.has(0, ElfReader.MAGIC), ElfReader::read),
  AR(f -> f.has(0, ArReader.MAGIC), ArReader::read),
  GZIP(f -> f.has(0, GzipReader.MAGIC), GzipReader::read),
  XZ(f -> f.has(0, PackedReader.XZ), PackedReader::xz),
  ZSTD(f -> f.has(0, PackedReader.ZSTD), PackedReader::zstd),
  BZIP2(f -> f.has(0, PackedReader.BZIP2) && f.has(4, "1AY&SY"), PackedReader::bzip2),
  ZIP(f -> f.has(0, ZipReader.MAGIC), ZipReader::read),
  PNG(f -> f.has(0, PngReader.MAGIC), PngReader::read),
  TAR(f -> f.has(TarReader.MAGIC_OFFSET, "ustar"), TarReader::read),
  PYC(PycReader::looksLike, (f, _) -> PycReader.read(f));

  private final Predicate<Bytes> magic;
  private final BiFunction<Bytes, Budget, Layout> reader;

  Format(Predicate<Bytes> magic, BiFunction<Bytes, Budget, Layout> reader) {
    this.magic = magic;
    this.reader = reader;
  }

  /**
   * The format that a file seems to have, by how it begins and, where that says little, its name.
   */
  static Optional<Format> of(String name, Bytes file) {
    return Arrays.stream(values())
        .filter(f -> f.magic.test(file))
        .filter(f -> f != PYC || name.endsWith(".pyc") || name.endsWith(".pyo"))
        .findFirst();
  }

  /** The ending of files that hold another one in this format; empty for other formats. */
  String ending() {
    return switch (this) {
      case GZIP -> ".gz";
      case XZ -> ".xz";
      case ZSTD -> ".zst";
      case BZIP2 -> ".bz2";
      case ELF, AR, ZIP, PNG, TAR, PYC -> "";
    };
  }

  Layout read(Bytes file, Budget budget) {
    return reader.apply(file, budget);
  }
}
