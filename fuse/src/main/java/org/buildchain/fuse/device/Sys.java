package org.buildchain.fuse.device;

import java.lang.foreign.Arena;
import java.util.Map;
import org.buildchain.store.posix.CFunction;

/** The C library's functions for devices and mounts. */
final class Sys {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENODEV = 19;
  static final int ECONNABORTED = 103;

  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  static final CFunction OPEN = CFunction.named("open");
  static final CFunction CLOSE = CFunction.named("close");
  static final CFunction READ = CFunction.named("read");
  static final CFunction WRITEV = CFunction.named("writev");
  static final CFunction IOCTL = CFunction.named("ioctl");
  static final CFunction POLL = CFunction.named("poll");
  static final CFunction MOUNT = CFunction.named("mount");
  static final CFunction UMOUNT2 = CFunction.named("umount2");
  static final CFunction SOCKETPAIR = CFunction.named("socketpair");
  static final CFunction RECVMSG = CFunction.named("recvmsg");
  static final CFunction WAITPID = CFunction.named("waitpid");

  /** These return an error number and leave errno alone. */
  static final CFunction SPAWN = CFunction.named("posix_spawnp");

  static final CFunction SPAWN_ACTIONS = CFunction.named("posix_spawn_file_actions_init");
  static final CFunction SPAWN_DUP2 = CFunction.named("posix_spawn_file_actions_adddup2");
  static final CFunction SPAWN_ACTIONS_FREE = CFunction.named("posix_spawn_file_actions_destroy");

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

  /** What an error number means. */
  static String text(int errno) {
    return TEXTS.getOrDefault(errno, "error " + errno);
  }

  /** Closes a descriptor. */
  static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      CLOSE.call(CFunction.state(arena), fd);
    }
  }
}
