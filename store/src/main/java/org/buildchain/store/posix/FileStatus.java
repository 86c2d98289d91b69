package org.buildchain.store.posix;

/**
 * What {@code statx} says of a file.
 *
 * @param mode permission bits, 0 to 07777
 * @param size in bytes
 * @param room that it takes on the disk, in bytes: less than its size if it has holes
 * @param seconds time of the last modification, since 1970
 */
public record FileStatus(
    Type type,
    int mode,
    long size,
    long room,
    long inode,
    int links,
    int uid,
    int gid,
    long seconds) {
  /** Kinds of files. */
  public enum Type {
    REGULAR,
    DIRECTORY,
    SYMLINK,
    /** A device, a FIFO or a socket. */
    OTHER;

    static Type ofMode(int mode) {
      return switch (mode & 0170000) {
        case 0100000 -> REGULAR;
        case 0040000 -> DIRECTORY;
        case 0120000 -> SYMLINK;
        default -> OTHER;
      };
    }

    /** By {@code d_type} of a directory entry; null-free: OTHER where the kernel does not say. */
    static Type ofEntry(int type) {
      return switch (type) {
        case 8 -> REGULAR;
        case 4 -> DIRECTORY;
        case 10 -> SYMLINK;
        default -> OTHER;
      };
    }
  }
}
