package org.buildchain.diff.python;

import java.util.List;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;

/**
 * Reads the header of compiled Python files from 3.7 on (PEP 552): the time and the length of the
 * source, or its digest. They only decide whether the source is compiled again.
 */
public final class PycReader {
  private static final int HEADER = 16;

  /** The versions of 3.7 to 3.20, as importlib counts them. */
  private static final int FIRST = 3390;

  private static final int LAST = 4200;

  /** What all files of a store have: by it, one of two may be used and the other not. */
  private static final int TIME_IN_STORES = 1;

  private PycReader() {}

  /** Whether it begins as such a file does. */
  public static boolean looksLike(Bytes file) {
    return file.length() > HEADER
        && file.has(2, "\r\n")
        && file.little(0, 2) >= FIRST
        && file.little(0, 2) <= LAST
        && file.little(4, 4) <= 3;
  }

  /** Takes a file apart. */
  public static Layout read(Bytes file) {
    boolean digest = file.little(4, 4) != 0;
    Piece source =
        digest
            ? Piece.bytes(
                "digest of the source", file.slice(8, 8), DifferenceClass.RANDOM, Effect.DATA)
            : Piece.bytes(
                "time of the source",
                file.slice(8, 4),
                DifferenceClass.TIME_STAMP,
                file.little(8, 4) == TIME_IN_STORES ? Effect.DATA : Effect.NONE);
    Bytes rest = file.from(digest ? HEADER : 12);
    return Layout.of(
        List.of(
            new Entry(
                "",
                List.of(
                    Piece.bytes("version", file.slice(0, 8), DifferenceClass.CODE, Effect.CODE),
                    source,
                    Piece.strings("", rest, DifferenceClass.CODE, Effect.CODE, Effect.CODE)))),
        Effect.CODE);
  }
}
