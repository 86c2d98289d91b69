package org.buildchain.fuse.device;

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
import java.util.Map;

/** Handles of libc's functions. Each takes a segment for errno as its first argument. */
final class Sys {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENODEV = 19;
  static final int ECONNABORTED = 103;

  static final int O_RDWR = 2;
  static final int O_CLOEXEC = 0x80000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  static final MethodHandle OPEN = variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);
  static final MethodHandle READ = handle("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  static final MethodHandle WRITEV = handle("writev", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle IOCTL = variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
  static final MethodHandle MOUNT =
      handle("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  static final MethodHandle UMOUNT2 = handle("umount2", JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle SOCKETPAIR =
      handle("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle RECVMSG = handle("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle WAITPID = handle("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

  /** These return an error number and leave errno alone. */
  static final MethodHandle SPAWN =
      handle("posix_spawnp", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);

  static final MethodHandle SPAWN_ACTIONS =
      handle("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);
  static final MethodHandle SPAWN_DUP2 =
      handle("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  static final MethodHandle SPAWN_ACTIONS_FREE =
      handle("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);

  private static final Map<Integer, String> TEXTS =
      Map.of(
          EPERM,
          "operation not permitted",
          ENOENT,
          "no such file or folder",
          12,
          "out of memory",
          13,
          "permission denied",
          16,
          "device or resource busy",
          ENODEV,
          "no such device",
          20,
          "not a folder",
          22,
          "invalid argument",
          24,
          "too many open files",
          107,
          "the mount's server is gone");

  private Sys() {}

  private static MethodHandle handle(String name, ValueLayout result, ValueLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle variadic(
      String name, int fixed, ValueLayout result, ValueLayout... arguments) {
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, arguments);
    Linker.Option errno = Linker.Option.captureCallState("errno");
    MemorySegment symbol = LINKER.defaultLookup().findOrThrow(name);
    return arguments.length > fixed
        ? LINKER.downcallHandle(symbol, descriptor, errno, Linker.Option.firstVariadicArg(fixed))
        : LINKER.downcallHandle(symbol, descriptor, errno);
  }

  /** Memory for errno. */
  static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  /** What a call left in it. */
  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** What an error number means. */
  static String text(int errno) {
    return TEXTS.getOrDefault(errno, "error " + errno);
  }

  /** For what a method handle throws, which is nothing. */
  static RuntimeException impossible(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  /** Closes a descriptor. */
  static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int unused = (int) CLOSE.invokeExact(state(arena), fd);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }
}
