package org.buildchain.diff.elf;

import com.google.re2j.Pattern;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.store.format.FormatException;

/**
 * An entry of the table of sections.
 *
 * @param name as the table of names has it
 * @param entry the entry's bytes
 * @param offset where its content stands in the file
 * @param size how long that is
 * @param info the section that it belongs to, for relocations
 */
record Section(
    int index, String name, Bytes entry, int type, long flags, long offset, long size, long info) {
  /** The sections of DWARF 2 to 5 (appendix B of DWARF 5), and GNU's. */
  private static final Pattern DEBUG_INFO =
      Pattern.compile(
          "\\.z?debug_(?:abbrev|addr|aranges|cu_index|frame|info|line|line_str|loc|loclists|macinfo"
              + "|macro|names|pubnames|pubtypes|gnu_pubnames|gnu_pubtypes|ranges|rnglists|str"
              + "|str_offsets|sup|tu_index|types)(?:\\.dwo)?");

  private static final int MAX_NAME = 4096;
  private static final int PROGBITS = 1;
  private static final int RELA = 4;
  private static final int NOTE = 7;
  private static final int NOBITS = 8;
  private static final int REL = 9;
  private static final int WRITE = 1;
  private static final int ALLOC = 2;
  private static final int EXECUTE = 4;

  static Section read(ElfHeader h, Bytes file, int index, Bytes names) {
    Bytes e = file.slice(h.sectionsAt() + (long) index * h.sectionSize(), h.sectionSize());
    int w = h.word();
    int fields = 8 + 2 * w;
    return new Section(
        index,
        index == 0 ? "" : name(names, h.number(e, 0, 4)),
        e,
        (int) h.number(e, 4, 4),
        h.number(e, 8, w),
        h.number(e, fields, w),
        h.number(e, fields + (long) w, w),
        h.number(e, fields + 2L * w + 4, 4));
  }

  private static String name(Bytes names, long at) {
    String name = names.slice(at, Math.min(MAX_NAME, names.length() - at)).text();
    if (name.length() == MAX_NAME) {
      throw new FormatException("ELF file", "a section's name is too long");
    }
    return name;
  }

  /** The table of sections' names. */
  static Bytes names(ElfHeader h, Bytes file) {
    Bytes e = file.slice(h.sectionsAt() + (long) h.namesIndex() * h.sectionSize(), h.sectionSize());
    int at = 8 + 2 * h.word();
    return file.slice(h.number(e, at, h.word()), h.number(e, at + (long) h.word(), h.word()));
  }

  /** Whether the file has bytes of it. */
  boolean hasContent() {
    return type != 0 && type != NOBITS && size != 0;
  }

  /** Whether it is in memory when the program runs. */
  boolean isLoaded() {
    return (flags & ALLOC) != 0;
  }

  private boolean isPlain() {
    return type == PROGBITS && !isLoaded();
  }

  /** What compilers and linkers say of themselves, for nobody to act on. */
  boolean isCompilerNote() {
    return (isPlain() && (name.equals(".comment") || name.equals(".GCC.command.line")))
        || (type == NOTE
            && !isLoaded()
            && (name.equals(".gnu.build.attributes") || name.equals(".note.gnu.gold-version")));
  }

  /** What debuggers read; not the scripts that one would run, nor what only has such a name. */
  boolean isDebugInfo() {
    return isPlain()
        && (DEBUG_INFO.matcher(name).matches()
            || name.equals(".gdb_index")
            || name.equals(".gnu_debuglink")
            || name.equals(".gnu_debugaltlink"));
  }

  /** Whether it is a table of relocations. */
  boolean isRelocations() {
    return (type == RELA || type == REL) && !isLoaded();
  }

  /** A note that is loaded, but neither written nor executed. */
  boolean isBuildId() {
    return type == NOTE && name.equals(".note.gnu.build-id") && (flags & (WRITE | EXECUTE)) == 0;
  }

  /** Whether instructions stand in it. */
  boolean isExecutable() {
    return (flags & EXECUTE) != 0;
  }
}
