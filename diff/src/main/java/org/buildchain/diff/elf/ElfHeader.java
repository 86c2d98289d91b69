package org.buildchain.diff.elf;

import org.buildchain.diff.layout.Bytes;
import org.buildchain.store.format.FormatException;

/**
 * The header of an ELF file (System V ABI, "Object Files"), of either class and byte order.
 *
 * @param wide whether it is of class 64
 * @param little whether numbers have their least significant byte first
 */
record ElfHeader(
    boolean wide,
    boolean little,
    int type,
    int machine,
    long segmentsAt,
    int segmentSize,
    int segments,
    long sectionsAt,
    int sectionSize,
    int sections,
    int namesIndex,
    int size) {
  /** A file that is still to be linked. */
  static final int RELOCATABLE = 1;

  static ElfHeader read(Bytes file) {
    int kind = file.u8(4);
    int order = file.u8(5);
    if (kind < 1 || kind > 2 || order < 1 || order > 2) {
      throw new FormatException("ELF file", 4, "expected a class and a byte order");
    }
    boolean wide = kind == 2;
    int at = wide ? 52 : 40;
    ElfHeader h = new ElfHeader(wide, order == 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    ElfHeader read =
        new ElfHeader(
            wide,
            h.little,
            (int) h.number(file, 16, 2),
            (int) h.number(file, 18, 2),
            h.number(file, wide ? 32 : 28, h.word()),
            (int) h.number(file, at + 2L, 2),
            (int) h.number(file, at + 4L, 2),
            h.number(file, h.sectionsField(), h.word()),
            (int) h.number(file, at + 6L, 2),
            (int) h.number(file, at + 8L, 2),
            (int) h.number(file, at + 10L, 2),
            (int) h.number(file, at, 2));
    if (read.size != (wide ? 64 : 52)
        || (read.segments > 0 && read.segmentSize != (wide ? 56 : 32))
        || (read.sections > 0 && read.sectionSize != (wide ? 64 : 40))
        // The real numbers stand elsewhere then.
        || read.segments == 0xffff
        || read.sections >= 0xff00
        || (read.sections == 0 && read.sectionsAt != 0)
        || (read.sections > 0 && read.namesIndex >= read.sections)) {
      throw new FormatException("ELF file", at, "expected sizes and numbers of headers");
    }
    return read;
  }

  /** Bytes of an address. */
  int word() {
    return wide ? 8 : 4;
  }

  /** Where the header says where the table of sections stands. */
  int sectionsField() {
    return wide ? 40 : 32;
  }

  /** A number in the file's byte order. */
  long number(Bytes in, long offset, int bytes) {
    return little ? in.little(offset, bytes) : in.big(offset, bytes);
  }
}
