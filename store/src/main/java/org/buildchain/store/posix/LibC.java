package org.buildchain.store.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.buildchain.store.format.Octets;

/** The C library's functions for files. */
final class LibC {
  static final CFunction OPEN = CFunction.named("open");
  static final CFunction CLOSE = CFunction.named("close");
  static final CFunction READ = CFunction.named("read");
  static final CFunction PREAD = CFunction.named("pread");
  static final CFunction STATX = CFunction.named("statx");
  static final CFunction READLINK = CFunction.named("readlink");
  static final CFunction GETDENTS = CFunction.named("getdents64");
  static final CFunction CHMOD = CFunction.named("chmod");
  static final CFunction SYNCFS = CFunction.named("syncfs");
  static final CFunction FSYNC = CFunction.named("fsync");
  static final CFunction POSIX_FALLOCATE = CFunction.named("posix_fallocate");
  static final CFunction FALLOCATE = CFunction.named("fallocate");
  static final CFunction SYNC_FILE_RANGE = CFunction.named("sync_file_range");
  static final CFunction FLOCK = CFunction.named("flock");
  static final CFunction UNLINK = CFunction.named("unlink");
  static final CFunction RMDIR = CFunction.named("rmdir");
  static final CFunction RENAME = CFunction.named("rename");

  private LibC() {}

  /** The address of an octet string as C has it. */
  static long string(Arena arena, String octets) {
    byte[] bytes = Octets.bytes(octets);
    MemorySegment segment = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment.address();
  }
}
