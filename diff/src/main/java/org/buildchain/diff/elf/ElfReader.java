package org.buildchain.diff.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.store.format.FormatException;

/**
 * Reads ELF files (System V ABI, "Object Files").
 *
 * <p>A publisher could call code "debug info", or have two sections share bytes. Therefore a
 * section counts as harmless only if no segment loads it, not even by the pages that the kernel
 * rounds it to where they are executed, and it shares no byte with anything else in the file; the
 * headers of segments and sections, and all bytes that belong to no section, are compared as code.
 * Only offsets and lengths of sections that are not loaded may differ: they follow from what stands
 * before.
 */
public final class ElfReader {
  /** How a file begins. */
  public static final String MAGIC = "\u007fELF";

  private static final int BUILD_ID_NOTE = 3;
  private static final int MAX_BUILD_ID = 64;

  private final Bytes file;
  private final Budget budget;
  private final ElfHeader header;
  private final List<Section> sections = new ArrayList<>();
  private final List<Range> loaded = new ArrayList<>();
  private final List<Range> executed = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  private record Range(long from, long to, String what) {}

  private ElfReader(Bytes file, Budget budget) {
    this.file = file;
    this.budget = budget;
    this.header = ElfHeader.read(file);
  }

  /**
   * Takes a file apart.
   *
   * @throws FormatException if its tables lead out of it or overlap
   */
  public static Layout read(Bytes file, Budget budget) {
    return new ElfReader(file, budget).read();
  }

  private Layout read() {
    segments();
    Bytes names = Bytes.of(new byte[0]);
    if (header.sections() > 0) {
      names = Section.names(header, file);
    }
    for (int i = 0; i < header.sections(); i++) {
      Section s = Section.read(header, file, i, names);
      budget.take(s.name().length());
      sections.add(s);
    }
    entries.add(new Entry("ELF header", header()));
    if (header.segments() > 0) {
      entries.add(
          new Entry(
              "program headers",
              List.of(
                  code(
                      "",
                      file.slice(
                          header.segmentsAt(), (long) header.segments() * header.segmentSize())))));
    }
    sections.forEach(this::section);
    gaps();
    return Layout.of(entries, Effect.CODE);
  }

  /** Where the sections' headers stand follows from what stands before, but may be read as code. */
  private List<Piece> header() {
    int field = header.sectionsField();
    int behind = field + header.word();
    return touches(0, header.size(), executed)
        ? List.of(code("", file.slice(0, header.size())))
        : List.of(
            code("start", file.slice(0, field)),
            code("end", file.slice(behind, header.size() - behind)));
  }

  /** Of all types: the kernel reads the name of the interpreter from the file. */
  private void segments() {
    List<Segment> segments = Segment.all(header, file);
    boolean all = Segment.readableIsExecutable(header, segments);
    for (Segment s : segments) {
      file.slice(s.offset(), s.size());
      loaded.add(new Range(s.offset(), s.offset() + s.size(), "segment"));
      if (s.isLoaded() && (all || s.isExecutable())) {
        long page = s.page(header);
        executed.add(
            new Range(
                s.offset() / page * page,
                (s.offset() + s.size() + page - 1) / page * page,
                "executed pages"));
      }
    }
  }

  private void section(Section s) {
    List<Piece> pieces = new ArrayList<>();
    Bytes e = s.entry();
    int w = header.word();
    boolean moves =
        !touchesSegment(s)
            && !isExecuted(s)
            && !touches(
                header.sectionsAt(),
                header.sectionsAt() + (long) header.sections() * header.sectionSize(),
                executed)
            && (header.type() == ElfHeader.RELOCATABLE || !s.isLoaded());
    if (moves) {
      pieces.add(code("header", e.slice(0, 8 + 2L * w)));
      if (!s.hasContent()) {
        pieces.add(code("size", e.slice(8 + 3L * w, w)));
      }
      pieces.add(code("header's end", e.from(8 + 4L * w)));
    } else {
      pieces.add(code("header", e));
    }
    if (s.hasContent()) {
      content(s, file.slice(s.offset(), s.size()), pieces);
    }
    entries.add(new Entry(s.name().isEmpty() ? "section " + s.index() : s.name(), pieces));
  }

  private void content(Section s, Bytes content, List<Piece> pieces) {
    boolean unloaded = !touchesSegment(s) && !isExecuted(s);
    if (unloaded && s.isCompilerNote()) {
      pieces.add(Piece.bytes("", content, DifferenceClass.COMPILER_NOTE, Effect.NONE));
    } else if (unloaded && (s.isDebugInfo() || isForDebugInfo(s))) {
      pieces.add(Piece.strings("", content, DifferenceClass.DEBUG_INFO, Effect.NONE, Effect.NONE));
    } else if (s.isBuildId() && isBuildId(content) && !isExecuted(s)) {
      pieces.add(code("note", content.slice(0, 16)));
      pieces.add(Piece.bytes("", content.from(16), DifferenceClass.BUILD_ID, Effect.NONE));
    } else if (s.name().equals(".symtab") || s.name().equals(".dynsym")) {
      pieces.add(Piece.bytes("", content, DifferenceClass.SYMBOLS, Effect.CODE));
    } else if (!s.isLoaded() || s.name().equals(".dynstr")) {
      DifferenceClass cause =
          s.name().endsWith("strtab") || s.name().equals(".dynstr")
              ? DifferenceClass.SYMBOLS
              : DifferenceClass.CODE;
      pieces.add(Piece.strings("", content, cause, Effect.CODE, Effect.CODE));
    } else if (s.isExecutable() || s.name().equals(".interp") || s.name().equals(".dynamic")) {
      pieces.add(code("", content));
    } else {
      pieces.add(Piece.strings("", content, DifferenceClass.CODE, Effect.CODE, Effect.DATA));
    }
  }

  private boolean isForDebugInfo(Section s) {
    return s.isRelocations()
        && s.info() > 0
        && s.info() < sections.size()
        && sections.get((int) s.info()).isDebugInfo();
  }

  /** One note, of GNU, with a digest. */
  private boolean isBuildId(Bytes note) {
    return note.length() > 16
        && note.length() <= 16 + MAX_BUILD_ID
        && header.number(note, 0, 4) == 4
        && header.number(note, 4, 4) == note.length() - 16
        && header.number(note, 8, 4) == BUILD_ID_NOTE
        && note.has(12, "GNU\0");
  }

  private boolean touchesSegment(Section s) {
    return touches(s.offset(), s.offset() + s.size(), loaded);
  }

  /** Whether some of it is in memory from which instructions are taken. */
  private boolean isExecuted(Section s) {
    return touches(s.offset(), s.offset() + s.size(), executed);
  }

  private static boolean touches(long from, long to, List<Range> ranges) {
    return ranges.stream().anyMatch(r -> from < r.to() && r.from() < to);
  }

  /** What no section has; and that no byte has two meanings. */
  private void gaps() {
    List<Range> used = new ArrayList<>();
    used.add(new Range(0, header.size(), "ELF header"));
    if (header.segments() > 0) {
      used.add(
          range(
              header.segmentsAt(),
              (long) header.segments() * header.segmentSize(),
              "program headers"));
    }
    if (header.sections() > 0) {
      used.add(
          range(
              header.sectionsAt(),
              (long) header.sections() * header.sectionSize(),
              "section headers"));
    }
    for (Section s : sections) {
      if (s.hasContent()) {
        used.add(range(s.offset(), s.size(), s.name()));
      }
    }
    used.sort(Comparator.comparingLong(Range::from));
    long at = 0;
    String before = "";
    for (Range r : used) {
      if (r.from() < at) {
        throw new FormatException(
            "ELF file", r.from(), "'" + r.what() + "' and '" + before + "' share bytes");
      }
      gap(at, r.from(), before);
      at = r.to();
      before = r.what();
    }
    gap(at, file.length(), before);
  }

  private void gap(long from, long to, String before) {
    Bytes bytes = file.slice(from, to - from);
    boolean isLoaded = touches(from, to, loaded);
    if (bytes.length() > 0 && (isLoaded || !bytes.isZero())) {
      entries.add(new Entry("after " + before, List.of(code("", bytes))));
    }
  }

  private Range range(long offset, long size, String what) {
    file.slice(offset, size);
    return new Range(offset, offset + size, what);
  }

  private static Piece code(String label, Bytes content) {
    return Piece.bytes(label, content, DifferenceClass.CODE, Effect.CODE);
  }
}
