package org.buildchain.diff.archive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * Reads ar archives as GNU binutils write them (binutils, {@code include/aout/ar.h} and
 * bfd/archive.c's description of the armap). Thin archives and BSD's long names are refused; names
 * may lack the slash behind them, as those of Debian's packages do.
 *
 * <p>The index of symbols names offsets of members, which move when a member before grows: it is
 * compared as a list of symbols with the members that they stand in.
 */
public final class ArReader {
  /** How an archive begins. */
  public static final String MAGIC = "!<arch>\n";

  private static final int HEADER = 60;
  private static final int MAX_SYMBOLS = 1_000_000;

  private final Bytes file;
  private final Budget budget;
  private final List<Entry> entries = new ArrayList<>();

  /** Members by where their headers stand. */
  private final Map<Long, Integer> offsets = new HashMap<>();

  private final StringBuilder usedNames = new StringBuilder();
  private Optional<Bytes> longNames = Optional.empty();

  private ArReader(Bytes file, Budget budget) {
    this.file = file;
    this.budget = budget;
  }

  /**
   * Takes an archive apart.
   *
   * @throws FormatException if it is none, or one that GNU ar would not have written
   */
  public static Layout read(Bytes file, Budget budget) {
    return new ArReader(file, budget).read();
  }

  private Layout read() {
    long at = MAGIC.length();
    Optional<Bytes> index = Optional.empty();
    List<Piece> indexFields = List.of();
    while (at < file.length()) {
      int start = (int) at;
      Bytes header = file.slice(at, HEADER);
      String where = "ar archive, offset " + at;
      if (!header.has(58, "`\n")) {
        throw new FormatException(where, "expected the end of a member's header");
      }
      long size = Numbers.of(where + ", size", header.slice(48, 10), 10);
      Bytes content = file.slice(at + HEADER, size);
      at += HEADER + size;
      if (at % 2 == 1 && at < file.length()) {
        if (file.u8(at) != '\n') {
          throw new FormatException(where, "expected a line feed behind the member");
        }
        at++;
      }
      String field = trimmed(header.slice(0, 16));
      List<Piece> fields = fields(where, header);
      if (field.equals("/") && entries.isEmpty() && index.isEmpty()) {
        index = Optional.of(content);
        indexFields = fields;
      } else if (field.equals("//") && longNames.isEmpty()) {
        longNames = Optional.of(content);
      } else {
        member(name(where, field), start, fields, content, field);
      }
    }
    longNames.ifPresent(this::checkNames);
    List<Entry> all = new ArrayList<>();
    if (index.isPresent()) {
      List<Piece> pieces = new ArrayList<>(indexFields);
      pieces.add(Piece.bytes("", symbols(index.get()), DifferenceClass.SYMBOLS, Effect.CODE));
      all.add(new Entry("symbol index", pieces));
    }
    all.addAll(entries);
    // Which of two members a linker takes may depend on which stands first.
    return Layout.of(all, Effect.CODE);
  }

  private void member(String name, int start, List<Piece> fields, Bytes content, String field) {
    if (entries.size() >= Layout.MAX_ENTRIES) {
      throw new FormatException("ar archive", "more than " + Layout.MAX_ENTRIES + " members");
    }
    offsets.put((long) start, entries.size());
    List<Piece> pieces = new ArrayList<>(fields);
    if (field.indexOf('/') < 0) {
      pieces.add(
          Piece.bytes(
              "name without a slash",
              Bytes.of(new byte[0]),
              DifferenceClass.ARCHIVE_METADATA,
              Effect.CODE));
    }
    pieces.add(Piece.file("", content, Optional.empty()));
    entries.add(new Entry(name, pieces));
  }

  private static List<Piece> fields(String where, Bytes header) {
    for (int[] f : new int[][] {{16, 12, 10}, {28, 6, 10}, {34, 6, 10}, {40, 8, 8}}) {
      Numbers.of(where, header.slice(f[0], f[1]), f[2]);
    }
    return List.of(
        Piece.bytes("time", header.slice(16, 12), DifferenceClass.TIME_STAMP, Effect.NONE),
        Piece.bytes("owner", header.slice(28, 12), DifferenceClass.ARCHIVE_METADATA, Effect.NONE),
        Piece.bytes("mode", header.slice(40, 8), DifferenceClass.PERMISSIONS, Effect.DATA));
  }

  /** {@code name/}, or {@code /offset} into the table of long names. */
  private String name(String where, String field) {
    if (!field.startsWith("/")) {
      int slash = field.indexOf('/');
      if (field.isEmpty() || (slash >= 0 && slash != field.length() - 1)) {
        throw new FormatException(where, "expected a name, and a slash behind it or none");
      }
      return slash < 0 ? field : field.substring(0, slash);
    }
    Bytes names =
        longNames.orElseThrow(() -> new FormatException(where, "there is no table of names"));
    long offset = Numbers.of(where + ", name", Bytes.of(Octets.bytes(field.substring(1))), 10);
    int end = names.find('\n', offset);
    if (end <= offset || names.u8(end - 1) != '/') {
      throw new FormatException(where, "expected a name in the table of names");
    }
    String name = names.slice(offset, end - 1 - offset).octets();
    budget.take(name.length());
    usedNames.append(name).append("/\n");
    return name;
  }

  /** The table must hold the members' names in their order and nothing else. */
  private void checkNames(Bytes names) {
    String text = names.octets();
    if (!text.equals(usedNames.toString()) && !text.equals(usedNames + "\n")) {
      throw new FormatException("ar archive", "its table of names holds something else");
    }
  }

  private Bytes symbols(Bytes index) {
    long count = index.big(0, 4);
    if (count > MAX_SYMBOLS) {
      throw new FormatException("ar archive", "more than " + MAX_SYMBOLS + " symbols");
    }
    StringBuilder text = new StringBuilder();
    long at = 4 + 4 * count;
    for (int i = 0; i < count; i++) {
      int end = index.find(0, at);
      Integer member = offsets.get(index.big(4 + 4L * i, 4));
      if (end < 0 || member == null) {
        throw new FormatException("ar archive", "its index of symbols leads to no member");
      }
      String name = index.slice(at, end - at).octets();
      budget.take(name.length() + 64L);
      text.append(name).append(' ').append(member).append('\n');
      at = end + 1L;
    }
    if (!index.from(at).isZero() || index.length() - at > 8) {
      throw new FormatException("ar archive", "something stands behind its index of symbols");
    }
    return Bytes.of(Octets.bytes(text.toString()));
  }

  private static String trimmed(Bytes field) {
    String text = field.octets();
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }
}
