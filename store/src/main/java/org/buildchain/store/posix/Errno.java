package org.buildchain.store.posix;

import java.util.Map;

/** Words for the error numbers that files meet; the numbers are the same on x86-64 and AArch64. */
final class Errno {
  private static final Map<Integer, String> TEXTS =
      Map.ofEntries(
          Map.entry(1, "operation not permitted"),
          Map.entry(5, "input/output error"),
          Map.entry(16, "device or resource busy"),
          Map.entry(18, "is on another file system"),
          Map.entry(21, "is a directory"),
          Map.entry(22, "invalid argument"),
          Map.entry(24, "too many open files"),
          Map.entry(26, "text file busy"),
          Map.entry(27, "file too large"),
          Map.entry(28, "no space left on device"),
          Map.entry(30, "read-only file system"),
          Map.entry(36, "file name too long"),
          Map.entry(39, "directory not empty"),
          Map.entry(40, "too many levels of symbolic links"),
          Map.entry(107, "the mount's server is gone"),
          Map.entry(122, "disk quota exceeded"));

  private Errno() {}

  /** What the number means. */
  static String text(int errno) {
    return TEXTS.getOrDefault(errno, "error " + errno);
  }
}
