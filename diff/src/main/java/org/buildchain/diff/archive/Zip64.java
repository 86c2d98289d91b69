package org.buildchain.diff.archive;

import java.util.Optional;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.store.format.FormatException;

/**
 * What of a zip archive does not fit into its first fields (APPNOTE.TXT 6.3.10, 4.3.14, 4.3.15 and
 * 4.5.3): a field of only ones says that the value stands elsewhere, in 64 bits. Nothing may stand
 * in both places with two values, so that programs that know zip64 and those that don't find the
 * same, or the latter nothing.
 */
final class Zip64 {
  /** The extra field with the lengths and the place of a member. */
  static final int FIELD = 1;

  private static final String END = "PK\u0006\u0006";
  private static final String LOCATOR = "PK\u0006\u0007";
  private static final int END_SIZE = 56;
  private static final int LOCATOR_SIZE = 20;
  private static final long ONES_32 = 0xffffffffL;
  private static final long ONES_16 = 0xffff;

  private Zip64() {}

  /**
   * The directory, of {@code count} entries from {@code start} to {@code end}.
   *
   * @param versions of the record of zip64; empty if there is none
   */
  record Directory(long count, long start, long end, Bytes versions) {}

  /** What the directory's end at {@code end} says, with what stands before it. */
  static Directory directory(Bytes file, long end) {
    long count = file.little(end + 10, 2);
    long size = file.little(end + 12, 4);
    long start = file.little(end + 16, 4);
    if (file.little(end + 4, 4) != 0 || file.little(end + 8, 2) != count) {
      throw new FormatException("zip archive", end, "expected one disk and its whole directory");
    }
    long locator = end - LOCATOR_SIZE;
    if (locator < 0 || !file.has(locator, LOCATOR)) {
      return spanning(new Directory(count, start, end, Bytes.of(new byte[0])), size);
    }
    long at = locator - END_SIZE;
    Bytes record = file.slice(at, END_SIZE);
    boolean whole =
        record.has(0, END)
            && record.little(4, 8) == END_SIZE - 12
            && record.little(16, 8) == 0
            && record.little(24, 8) == record.little(32, 8)
            && file.little(locator + 4, 4) == 0
            && file.little(locator + 8, 8) == at
            && file.little(locator + 16, 4) <= 1;
    boolean agrees =
        isSame(count, ONES_16, record.little(32, 8))
            && isSame(size, ONES_32, record.little(40, 8))
            && isSame(start, ONES_32, record.little(48, 8));
    if (!whole || !agrees) {
      throw new FormatException("zip archive", at, "expected the end of zip64's directory");
    }
    return spanning(
        new Directory(record.little(32, 8), record.little(48, 8), at, record.slice(12, 4)),
        record.little(40, 8));
  }

  private static Directory spanning(Directory directory, long size) {
    if (size < 0 || directory.start() < 0 || directory.end() - size != directory.start()) {
      throw new FormatException("zip archive", directory.end(), "expected its whole directory");
    }
    return directory;
  }

  private static boolean isSame(long narrow, long ones, long wide) {
    return narrow == ones || narrow == wide;
  }

  /**
   * A member's lengths and where it begins.
   *
   * @param wide whether zip64 says some of it
   */
  record Member(long unpacked, long packed, long start, boolean wide) {
    boolean hasLengths(long ofContent, long ofPacked) {
      return unpacked == ofContent && packed == ofPacked;
    }
  }

  /** What an entry of the directory says. */
  static Member inDirectory(Bytes entry, Bytes extra, long at) {
    return new Fields(extra, at)
        .read(entry.little(24, 4), entry.little(20, 4), entry.little(42, 4));
  }

  /** What the header before a member's content says; of its place nothing. */
  static Member atMember(Bytes header, Bytes extra, long at) {
    return new Fields(extra, at).read(header.little(22, 4), header.little(18, 4), 0);
  }

  /** Reads the extra field, which has the values in this order that are only ones outside it. */
  private static final class Fields {
    private final Optional<Bytes> field;
    private final long at;
    private int next;

    Fields(Bytes extra, long at) {
      this.at = at;
      this.field = find(extra);
    }

    private Optional<Bytes> find(Bytes extra) {
      Optional<Bytes> found = Optional.empty();
      for (long i = 0; i < extra.length(); ) {
        Bytes value = extra.slice(i + 4, extra.little(i + 2, 2));
        if (extra.little(i, 2) == FIELD) {
          if (found.isPresent()) {
            throw new FormatException("zip archive", at, "it has two fields of zip64");
          }
          found = Optional.of(value);
        }
        i += 4 + value.length();
      }
      return found;
    }

    Member read(long unpacked, long packed, long start) {
      if (field.isEmpty()) {
        return new Member(unpacked, packed, start, false);
      }
      Member member = new Member(wide(unpacked), wide(packed), wide(start), true);
      if (next != field.get().length()) {
        throw new FormatException("zip archive", at, "expected the lengths that zip64 says, alone");
      }
      return member;
    }

    private long wide(long narrow) {
      if (narrow != ONES_32) {
        return narrow;
      }
      long value = field.orElseThrow().little(next, 8);
      next += 8;
      return value;
    }
  }
}
