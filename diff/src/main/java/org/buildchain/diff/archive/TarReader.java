package org.buildchain.diff.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
 * Reads tar archives: ustar and pax (POSIX.1-2017, "pax"), and GNU's long names (GNU tar manual,
 * "Basic Tar Format"). Numbers in base 256, sparse files and global headers are refused.
 */
public final class TarReader {
  /** Where {@code ustar} stands. */
  public static final int MAGIC_OFFSET = 257;

  private static final int BLOCK = 512;
  private static final int MAX_HEADER = 1 << 20;
  private static final Set<String> TIMES = Set.of("mtime", "atime", "ctime");
  private static final Set<String> OWNERS = Set.of("uid", "gid", "uname", "gname");

  private final Bytes file;
  private final Budget budget;
  private final List<Entry> entries = new ArrayList<>();
  private final UnpackedNames names = new UnpackedNames();
  private boolean onlyPlain = true;

  private List<List<Piece>> headers = new ArrayList<>();
  private Map<String, Bytes> pax = new TreeMap<>();
  private Optional<String> longName = Optional.empty();
  private Optional<String> longLink = Optional.empty();

  private TarReader(Bytes file, Budget budget) {
    this.file = file;
    this.budget = budget;
  }

  /**
   * Takes an archive apart.
   *
   * @throws FormatException if it is none, is not whole, or has something behind its end
   */
  public static Layout read(Bytes file, Budget budget) {
    return new TarReader(file, budget).read();
  }

  private Layout read() {
    long at = 0;
    while (true) {
      if (at == file.length() || file.slice(at, BLOCK).isZero()) {
        break;
      }
      at = entry(at);
      if (entries.size() > Layout.MAX_ENTRIES) {
        throw new FormatException("tar archive", "more than " + Layout.MAX_ENTRIES + " entries");
      }
    }
    if (!file.from(at).isZero()) {
      throw new FormatException("tar archive", at, "expected nothing behind the end");
    }
    if (!pax.isEmpty() || longName.isPresent() || longLink.isPresent()) {
      throw new FormatException("tar archive", at, "expected the entry of an extended header");
    }
    entries.add(
        new Entry(
            "end of the archive",
            List.of(
                Piece.bytes(
                    "zeros", file.from(at), DifferenceClass.ARCHIVE_METADATA, Effect.NONE))));
    return Layout.of(entries, onlyPlain && names.anyOrder() ? Effect.NONE : Effect.CODE);
  }

  private long entry(long start) {
    String where = "tar archive, offset " + start;
    Bytes h = file.slice(start, BLOCK);
    if (!h.has(MAGIC_OFFSET, "ustar")) {
      throw new FormatException(where, "expected a header of ustar");
    }
    checkSum(where, h);
    long size = Numbers.of(where + ", size", h.slice(124, 12), 8);
    char type = (char) h.u8(156);
    Bytes content = file.slice(start + BLOCK, size);
    long end = start + BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    if (!file.slice(start + BLOCK + size, end - start - BLOCK - size).isZero()) {
      throw new FormatException(where, "expected zeros behind the content");
    }
    if (type == 'x' || type == 'L' || type == 'K') {
      headers.add(header(where, h));
      extended(where, type, content);
    } else if (type == 0 || (type >= '0' && type <= '7')) {
      file(where, h, type, content);
    } else {
      throw new FormatException(where, "expected another type than '" + type + "'");
    }
    return end;
  }

  /** An extended header has a header of its own, which old programs take for a file's. */
  private static List<Piece> header(String where, Bytes h) {
    Numbers.of(where + ", time", h.slice(136, 12), 8);
    return List.of(
        owner("header's name", h.slice(0, 100)),
        owner("header's mode and owner", h.slice(100, 24)),
        Piece.bytes("header's time", h.slice(136, 12), DifferenceClass.TIME_STAMP, Effect.NONE),
        owner("header's end", h.slice(156, BLOCK - 156)));
  }

  private void extended(String where, char type, Bytes content) {
    if (content.length() > MAX_HEADER) {
      throw new FormatException(where, "the extended header is too long");
    }
    budget.take(content.length());
    switch (type) {
      case 'L' -> longName = Optional.of(terminated(where, content));
      case 'K' -> longLink = Optional.of(terminated(where, content));
      default -> {
        long at = 0;
        while (at < content.length()) {
          int space = content.find(' ', at);
          if (space < 0 || space - at > 8) {
            throw new FormatException(where, "expected a record of a pax header");
          }
          long size = Numbers.of(where, content.slice(at, space - at), 10);
          Bytes record = content.slice(at, size).from(space + 1L - at);
          int equals = record.find('=', 0);
          if (equals < 1 || record.u8(record.length() - 1L) != '\n') {
            throw new FormatException(where, "expected key=value in a pax header");
          }
          String key = record.slice(0, equals).octets();
          if (key.equals("size")
              || key.startsWith("GNU.sparse")
              || pax.put(key, record.slice(equals + 1L, record.length() - equals - 2L)) != null) {
            throw new FormatException(where, "the pax header has " + key);
          }
          at += size;
        }
      }
    }
  }

  private void file(String where, Bytes h, char type, Bytes content) {
    List<Piece> pieces = new ArrayList<>();
    headers.forEach(pieces::addAll);
    for (int[] f : new int[][] {{100, 8}, {108, 8}, {116, 8}, {136, 12}, {329, 8}, {337, 8}}) {
      Numbers.of(where, h.slice(f[0], f[1]), 8);
    }
    pieces.add(Piece.bytes("time", h.slice(136, 12), DifferenceClass.TIME_STAMP, Effect.NONE));
    pieces.add(Piece.bytes("mode", h.slice(100, 8), DifferenceClass.PERMISSIONS, Effect.DATA));
    pieces.add(owner("owner", h.slice(108, 16)));
    pieces.add(Piece.bytes("user", h.slice(265, 32), DifferenceClass.HOST_OR_USER, Effect.DATA));
    pieces.add(Piece.bytes("group", h.slice(297, 32), DifferenceClass.HOST_OR_USER, Effect.DATA));
    pieces.add(code("type", h.slice(156, 1)));
    pieces.add(code("device", h.slice(329, 16)));
    pieces.add(code("format", h.slice(257, 8)));
    pieces.add(code("reserved", h.slice(500, 12)));
    String name = longName.orElse(h.slice(0, 100).text());
    if (longName.isEmpty() && h.u8(345) != 0) {
      name = h.slice(345, 155).text() + "/" + name;
    }
    Bytes path = pax.get("path");
    if (longName.isEmpty() && path == null) {
      padded(where, h.slice(0, 100));
      padded(where, h.slice(345, 155));
    } else {
      pieces.add(code("short name", h.slice(0, 100)));
      pieces.add(code("prefix", h.slice(345, 155)));
    }
    pieces.add(Piece.bytes("link", h.slice(157, 100), DifferenceClass.LINK_TARGET, Effect.CODE));
    longLink.ifPresent(
        l ->
            pieces.add(
                Piece.bytes(
                    "long link",
                    Bytes.of(Octets.bytes(l)),
                    DifferenceClass.LINK_TARGET,
                    Effect.CODE)));
    pax.forEach((key, value) -> pieces.add(record(where, key, value)));
    name = path == null ? name : path.octets();
    pieces.add(Piece.file("", content, Optional.empty()));
    // Unpacked in another order, a name may overwrite another or lead through a link.
    onlyPlain &= type == 0 || type == '0' || type == '5';
    names.add(name, type == '5' || name.endsWith("/"));
    entries.add(new Entry(name, pieces));
    pax = new TreeMap<>();
    headers = new ArrayList<>();
    longName = Optional.empty();
    longLink = Optional.empty();
  }

  private static Piece record(String where, String key, Bytes value) {
    if (TIMES.contains(key)) {
      for (int i = 0; i < value.length(); i++) {
        int c = value.u8(i);
        if ((c < '0' || c > '9') && c != '.' && c != '-') {
          throw new FormatException(where, "expected a time in a pax header");
        }
      }
      return Piece.bytes("pax " + key, value, DifferenceClass.TIME_STAMP, Effect.NONE);
    }
    if (OWNERS.contains(key)) {
      return owner("pax " + key, value);
    }
    return code("pax " + key, value);
  }

  private static Piece owner(String label, Bytes content) {
    return Piece.bytes(label, content, DifferenceClass.ARCHIVE_METADATA, Effect.DATA);
  }

  private static Piece code(String label, Bytes content) {
    return Piece.bytes(label, content, DifferenceClass.ARCHIVE_METADATA, Effect.CODE);
  }

  private static String terminated(String where, Bytes content) {
    if (content.length() == 0 || content.find(0, 0) != content.length() - 1) {
      throw new FormatException(where, "expected a long name and a NUL");
    }
    return content.text();
  }

  private static void padded(String where, Bytes field) {
    int end = field.find(0, 0);
    if (end >= 0 && !field.from(end).isZero()) {
      throw new FormatException(where, "expected NULs behind a name");
    }
  }

  private static void checkSum(String where, Bytes h) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : h.u8(i);
    }
    if (sum != Numbers.of(where + ", checksum", h.slice(148, 8), 8)) {
      throw new FormatException(where, "the header has another checksum");
    }
  }
}
