package org.buildchain.store.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.buildchain.store.format.Octets;

/** Handles of libc's functions. Each takes a segment for errno as its first argument. */
final class LibC {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  static final MethodHandle OPEN = handle("open", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);
  static final MethodHandle READ = handle("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  static final MethodHandle PREAD =
      handle("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  static final MethodHandle STATX =
      handle("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle READLINK = handle("readlink", JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle GETDENTS =
      handle("getdents64", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  static final MethodHandle CHMOD = handle("chmod", JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle SYNCFS = handle("syncfs", JAVA_INT, JAVA_INT);
  static final MethodHandle FSYNC = handle("fsync", JAVA_INT, JAVA_INT);
  static final MethodHandle POSIX_FALLOCATE =
      handle("posix_fallocate", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final MethodHandle FLOCK = handle("flock", JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle UNLINK = handle("unlink", JAVA_INT, ADDRESS);
  static final MethodHandle RMDIR = handle("rmdir", JAVA_INT, ADDRESS);
  static final MethodHandle RENAME = handle("rename", JAVA_INT, ADDRESS, ADDRESS);

  /**
   * {@code open} is variadic, but on Linux for x86-64 and AArch64 its third argument travels in a
   * register all the same.
   */
  private static MethodHandle handle(String name, ValueLayout result, ValueLayout... arguments) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("libc has no " + name));
    return LINKER.downcallHandle(
        symbol, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
  }

  private LibC() {}

  /** Memory for errno. */
  static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  /** What a call left in it. */
  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** An octet string as C has it. */
  static MemorySegment string(Arena arena, String octets) {
    byte[] bytes = Octets.bytes(octets);
    MemorySegment segment = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }
}
