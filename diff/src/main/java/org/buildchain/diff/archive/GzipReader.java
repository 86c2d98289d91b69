package org.buildchain.diff.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.store.format.FormatException;

/** Reads gzip files (RFC 1952): one or more members, and nothing behind them. */
public final class GzipReader {
  /** How a member begins: the two magic bytes, and DEFLATE. */
  public static final String MAGIC = "\u001f\u008b\u0008";

  private static final int MAX_MEMBERS = 10_000;

  private GzipReader() {}

  /**
   * Takes a file apart and unpacks it.
   *
   * @throws FormatException if it is not whole, or unpacks to more than the budget has
   */
  public static Layout read(Bytes file, Budget budget) {
    List<Entry> entries = new ArrayList<>();
    long at = 0;
    do {
      List<Piece> pieces = new ArrayList<>();
      at = member(file, at, pieces, budget);
      entries.add(new Entry(entries.isEmpty() ? "" : "member " + (entries.size() + 1), pieces));
      if (entries.size() > MAX_MEMBERS) {
        throw new FormatException("gzip file", "more than " + MAX_MEMBERS + " members");
      }
    } while (at < file.length());
    return Layout.of(entries, Effect.CODE);
  }

  private static long member(Bytes file, long start, List<Piece> pieces, Budget budget) {
    if (!file.has(start, MAGIC)) {
      throw new FormatException("gzip file", start, "expected a member");
    }
    int flags = file.u8(start + 3);
    if ((flags & 0xe0) != 0) {
      throw new FormatException("gzip file", start + 3, "expected flags of RFC 1952");
    }
    pieces.add(
        Piece.bytes("time", file.slice(start + 4, 4), DifferenceClass.TIME_STAMP, Effect.NONE));
    pieces.add(
        Piece.bytes("level", file.slice(start + 8, 1), DifferenceClass.COMPRESSION, Effect.NONE));
    pieces.add(
        Piece.bytes(
            "operating system",
            file.slice(start + 9, 1),
            DifferenceClass.ARCHIVE_METADATA,
            Effect.NONE));
    pieces.add(
        Piece.bytes(
            "flags", file.slice(start + 3, 1), DifferenceClass.ARCHIVE_METADATA, Effect.NONE));
    long at = start + 10;
    if ((flags & 4) != 0) {
      long size = file.little(at, 2);
      pieces.add(
          Piece.bytes(
              "extra field", file.slice(at + 2, size), DifferenceClass.UNKNOWN, Effect.CODE));
      at += 2 + size;
    }
    // gunzip -N gives the file this name.
    at = text(file, at, (flags & 8) != 0, "name", pieces);
    at = text(file, at, (flags & 16) != 0, "comment", pieces);
    if ((flags & 2) != 0) {
      CRC32 crc = new CRC32();
      crc.update(file.slice(start, at - start).buffer());
      if (file.little(at, 2) != (crc.getValue() & 0xffff)) {
        throw new FormatException("gzip file", at, "the header has another CRC");
      }
      at += 2;
    }
    Deflated data = Deflated.read(file.from(at), budget);
    pieces.add(Piece.file("", data.content(), Optional.of(file.slice(at, data.packed()))));
    at += data.packed();
    if (file.little(at, 4) != data.crc() || file.little(at + 4, 4) != data.content().length()) {
      throw new FormatException("gzip file", at, "the content has another CRC or length");
    }
    return at + 8;
  }

  private static long text(Bytes file, long at, boolean there, String label, List<Piece> pieces) {
    if (!there) {
      return at;
    }
    int end = file.find(0, at);
    if (end < 0) {
      throw new FormatException("gzip file", at, "expected a text and a NUL");
    }
    pieces.add(
        Piece.strings(
            label,
            file.slice(at, end - at),
            DifferenceClass.ARCHIVE_METADATA,
            Effect.DATA,
            Effect.DATA));
    return end + 1L;
  }
}
