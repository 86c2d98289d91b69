package org.buildchain.diff.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.store.format.FormatException;

/**
 * Reads zip archives, jars among them (APPNOTE.TXT 6.3.10). Members and the central directory must
 * fill the file and agree with each other, so that no two programs find different content in it.
 * Encryption and archives behind something else are refused.
 */
public final class ZipReader {
  /** How a member begins. */
  public static final String MAGIC = "PK\u0003\u0004";

  private static final String CENTRAL = "PK\u0001\u0002";
  private static final String END = "PK\u0005\u0006";
  private static final String DESCRIPTOR = "PK\u0007\u0008";
  private static final int LOCAL_SIZE = 30;
  private static final int CENTRAL_SIZE = 46;
  private static final int END_SIZE = 22;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  /** The type of a link in the mode of Unix, which stands in the external attributes. */
  private static final int SYMLINK = 0xa;

  /** What some programs look for at the head only: a jar's manifest, the type of a document. */
  private static final Set<String> FIRST = Set.of("META-INF/MANIFEST.MF", "mimetype");

  /** The longest of the extra fields with times, that of NTFS. */
  private static final int MAX_TIMES = 32;

  private final Bytes file;
  private final Budget budget;

  /** Members by where they stand. */
  private final TreeMap<Long, Long> members = new TreeMap<>();

  private final UnpackedNames names = new UnpackedNames();
  private boolean onlyPlain = true;
  private boolean firstIsLate;

  private ZipReader(Bytes file, Budget budget) {
    this.file = file;
    this.budget = budget;
  }

  /**
   * Takes an archive apart and unpacks it.
   *
   * @throws FormatException if it is none, or readers could disagree about it
   */
  public static Layout read(Bytes file, Budget budget) {
    return new ZipReader(file, budget).read();
  }

  private Layout read() {
    long end = end();
    Zip64.Directory directory = Zip64.directory(file, end);
    List<Entry> entries = new ArrayList<>();
    long at = directory.start();
    for (long i = 0; i < directory.count(); i++) {
      at = entry(at, entries);
    }
    if (at != directory.end()) {
      throw new FormatException("zip archive", at, "expected the end of the directory");
    }
    long next = 0;
    for (var member : members.entrySet()) {
      if (member.getKey() != next) {
        throw new FormatException("zip archive", next, "expected a member");
      }
      next = member.getValue();
    }
    if (next != directory.start()) {
      throw new FormatException("zip archive", next, "expected the directory");
    }
    entries.add(
        new Entry(
            "end of the archive",
            List.of(
                comment("comment", file.from(end + END_SIZE)),
                meta("versions of zip64", directory.versions()))));
    return Layout.of(entries, order());
  }

  private Effect order() {
    if (!onlyPlain || !names.anyOrder()) {
      return Effect.CODE;
    }
    return firstIsLate ? Effect.DATA : Effect.NONE;
  }

  /** The one place where the end's record fits. */
  private long end() {
    long found = -1;
    for (long at = (long) file.length() - END_SIZE;
        at >= 0 && at >= file.length() - 0x10015L;
        at--) {
      if (file.has(at, END) && at + END_SIZE + file.little(at + 20, 2) == file.length()) {
        if (found >= 0) {
          throw new FormatException("zip archive", at, "it has two ends");
        }
        found = at;
      }
    }
    if (found < 0) {
      throw new FormatException("zip archive", "expected its end");
    }
    return found;
  }

  private long entry(long at, List<Entry> entries) {
    Bytes c = file.slice(at, CENTRAL_SIZE);
    if (!c.has(0, CENTRAL)) {
      throw new FormatException("zip archive", at, "expected an entry of the directory");
    }
    int flags = (int) c.little(8, 2);
    int method = (int) c.little(10, 2);
    long nameSize = c.little(28, 2);
    long extraSize = c.little(30, 2);
    long commentSize = c.little(32, 2);
    Bytes name = file.slice(at + CENTRAL_SIZE, nameSize);
    Bytes extra = file.slice(at + CENTRAL_SIZE + nameSize, extraSize);
    Bytes remark = file.slice(at + CENTRAL_SIZE + nameSize + extraSize, commentSize);
    // Levels of compression (2, 4), a descriptor (8), names in UTF-8 (0x800).
    if ((flags & ~0x80e) != 0 || c.little(34, 2) != 0) {
      throw new FormatException("zip archive", at, "expected a plain member");
    }
    if (method != STORED && method != DEFLATED) {
      throw new FormatException("zip archive", at, "compression " + method + " is not known");
    }
    List<Piece> pieces = new ArrayList<>();
    pieces.add(meta("version", c.slice(4, 4)));
    pieces.add(
        Piece.bytes(
            "names in UTF-8",
            Bytes.of(new byte[] {(byte) (flags >> 11)}),
            DifferenceClass.ARCHIVE_METADATA,
            Effect.CODE));
    pieces.add(Piece.bytes("flags", c.slice(8, 1), DifferenceClass.COMPRESSION, Effect.NONE));
    pieces.add(Piece.bytes("method", c.slice(10, 2), DifferenceClass.COMPRESSION, Effect.NONE));
    pieces.add(Piece.bytes("time", c.slice(12, 4), DifferenceClass.TIME_STAMP, Effect.NONE));
    pieces.add(meta("internal attributes", c.slice(36, 2)));
    pieces.add(Piece.bytes("mode", c.slice(38, 4), DifferenceClass.PERMISSIONS, Effect.DATA));
    extras("directory", extra, pieces);
    pieces.add(comment("comment", remark));
    local(c, Zip64.inDirectory(c, extra, at), name, pieces);
    // Unpacked in another order, one may overwrite another or lead through a link.
    onlyPlain &= c.little(38, 4) >>> 28 != SYMLINK;
    names.add(name.octets(), name.octets().endsWith("/"));
    // Behind the folder that a manifest is in.
    firstIsLate |= FIRST.contains(name.octets()) && entries.size() > 1;
    entries.add(new Entry(name.octets(), pieces));
    return at + CENTRAL_SIZE + nameSize + extraSize + commentSize;
  }

  private void local(Bytes c, Zip64.Member m, Bytes name, List<Piece> pieces) {
    long at = m.start();
    Bytes h = file.slice(at, LOCAL_SIZE);
    boolean later = (c.little(8, 2) & 8) != 0;
    long extraSize = h.little(28, 2);
    if (!h.has(0, MAGIC)
        || !h.slice(6, 4).same(c.slice(8, 4))
        || !file.slice(at + LOCAL_SIZE, h.little(26, 2)).same(name)) {
      throw new FormatException("zip archive", at, "expected the member of the directory's entry");
    }
    pieces.add(meta("member's version", h.slice(4, 2)));
    pieces.add(
        Piece.bytes("member's time", h.slice(10, 4), DifferenceClass.TIME_STAMP, Effect.NONE));
    long data = at + LOCAL_SIZE + name.length() + extraSize;
    Bytes extra = file.slice(data - extraSize, extraSize);
    extras("member", extra, pieces);
    Bytes packed = file.slice(data, m.packed());
    Bytes content = packed;
    if (c.little(10, 2) == DEFLATED) {
      Deflated unpacked = Deflated.read(packed, budget);
      content = unpacked.content();
      if (unpacked.packed() != m.packed()) {
        throw new FormatException("zip archive", data, "expected data of another length");
      }
    }
    CRC32 crc = new CRC32();
    crc.update(content.buffer());
    long sum = c.little(16, 4);
    if (crc.getValue() != sum || content.length() != m.unpacked()) {
      throw new FormatException("zip archive", data, "the content has another CRC or length");
    }
    Zip64.Member said = Zip64.atMember(h, extra, at);
    pieces.add(
        meta(
            "zip64",
            Bytes.of(new byte[] {(byte) (m.wide() ? 1 : 0), (byte) (said.wide() ? 1 : 0)})));
    long end = data + m.packed();
    boolean agrees = h.little(14, 4) == sum && said.hasLengths(m.unpacked(), m.packed());
    if (later) {
      agrees |= h.little(14, 4) == 0 && said.hasLengths(0, 0);
      end += file.has(end, DESCRIPTOR) ? 4 : 0;
      int width = said.wide() ? 8 : 4;
      agrees &=
          file.little(end, 4) == sum
              && file.little(end + 4, width) == m.packed()
              && file.little(end + 4 + width, width) == m.unpacked();
      end += 4 + 2L * width;
    }
    if (!agrees) {
      throw new FormatException("zip archive", at, "expected the directory's CRC and lengths");
    }
    if (!members.isEmpty() && members.lastKey() >= at) {
      throw new FormatException("zip archive", at, "expected the order of the directory");
    }
    members.put(at, end);
    pieces.add(Piece.file("", content, Optional.of(packed)));
  }

  /** Extra fields: those of times and owners by their meaning, the others as something unknown. */
  private static void extras(String side, Bytes extra, List<Piece> pieces) {
    long i = 0;
    while (i < extra.length()) {
      int id = (int) extra.little(i, 2);
      Bytes value = extra.slice(i + 4, extra.little(i + 2, 2));
      i += 4 + value.length();
      if (id == Zip64.FIELD) {
        continue;
      }
      String label = side + ", extra field " + Integer.toHexString(id);
      pieces.add(
          switch (id) {
            case 0x5455, 0x000a, 0x5855 ->
                Piece.bytes(
                    label,
                    value,
                    DifferenceClass.TIME_STAMP,
                    value.length() <= MAX_TIMES ? Effect.NONE : Effect.DATA);
            case 0x7875, 0x7855 ->
                Piece.bytes(label, value, DifferenceClass.ARCHIVE_METADATA, Effect.DATA);
            // That it is a jar, said without content.
            case 0xcafe ->
                Piece.bytes(
                    label,
                    value,
                    DifferenceClass.ARCHIVE_METADATA,
                    value.length() == 0 ? Effect.NONE : Effect.CODE);
            default -> Piece.bytes(label, value, DifferenceClass.UNKNOWN, Effect.CODE);
          });
    }
  }

  private static Piece meta(String label, Bytes content) {
    return Piece.bytes(label, content, DifferenceClass.ARCHIVE_METADATA, Effect.DATA);
  }

  private static Piece comment(String label, Bytes content) {
    return Piece.strings(
        label, content, DifferenceClass.ARCHIVE_METADATA, Effect.DATA, Effect.DATA);
  }
}
