package org.buildchain.store.posix;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.Octets;

/**
 * Files by names that are octet strings. Each method throws {@link NoSuchFileException}, {@link
 * AccessDeniedException} or another {@link FileSystemException} that names the file and the reason.
 */
public final class Posix {
  /** Characters of a path below a tree's top; the kernel takes 4095 in all, a name has 255. */
  private static final int LONGEST_BELOW = 2000;

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int STATX_BASIC_STATS = 0x7ff;

  /** The unit of {@code stx_blocks}. */
  private static final int STATX_BLOCK = 512;

  private static final int O_NONBLOCK = 0x800;
  private static final int O_NOFOLLOW = isArm() ? 0x8000 : 0x20000;
  private static final int SYNC_FILE_RANGE_WRITE = 2;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final int O_DIRECTORY = isArm() ? 0x4000 : 0x10000;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int ENOENT = 2;
  private static final int EINTR = 4;
  private static final int EACCES = 13;
  private static final int EEXIST = 17;
  private static final int ENOTDIR = 20;
  private static final int LIST_BUFFER = 1 << 15;

  private Posix() {}

  private static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }

  private interface Call<T> {
    T run(Arena arena, MemorySegment state) throws IOException;
  }

  private static <T> T call(Call<T> call) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return call.run(arena, CFunction.state(arena));
    }
  }

  /** The status of what stands at {@code path}, links not followed. */
  public static FileStatus status(String path) throws IOException {
    return call((arena, state) -> status(arena, state, path, AT_SYMLINK_NOFOLLOW));
  }

  /** The status of what {@code path} leads to, links followed. */
  public static FileStatus statusFollowing(String path) throws IOException {
    return call((arena, state) -> status(arena, state, path, 0));
  }

  /** As {@link #status}, empty if nothing stands there. */
  public static Optional<FileStatus> find(String path) throws IOException {
    try {
      return Optional.of(status(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * What tells whether a file has changed.
   *
   * @param follow whether links are followed
   */
  public static FileStamp stamp(String path, boolean follow) throws IOException {
    return call(
        (arena, state) -> {
          MemorySegment s = statx(arena, state, path, follow ? 0 : AT_SYMLINK_NOFOLLOW);
          return new FileStamp(
              s.get(ValueLayout.JAVA_LONG, 136),
              s.get(ValueLayout.JAVA_LONG, 32),
              s.get(ValueLayout.JAVA_SHORT, 28),
              s.get(ValueLayout.JAVA_LONG, 40),
              s.get(ValueLayout.JAVA_LONG, 112),
              s.get(ValueLayout.JAVA_INT, 120),
              s.get(ValueLayout.JAVA_LONG, 96),
              s.get(ValueLayout.JAVA_INT, 104));
        });
  }

  /** The structure is the same on every architecture: see statx(2). */
  private static MemorySegment statx(Arena arena, MemorySegment state, String path, int flags)
      throws IOException {
    MemorySegment buffer = arena.allocate(256, 8);
    int result =
        (int)
            LibC.STATX.call(
                state,
                AT_FDCWD,
                LibC.string(arena, path),
                flags,
                STATX_BASIC_STATS,
                buffer.address());
    if (result < 0) {
      throw failure(CFunction.errno(state), path);
    }
    return buffer;
  }

  private static FileStatus status(Arena arena, MemorySegment state, String path, int flags)
      throws IOException {
    MemorySegment buffer = statx(arena, state, path, flags);
    int mode = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, 28));
    return new FileStatus(
        FileStatus.Type.ofMode(mode),
        mode & 07777,
        buffer.get(ValueLayout.JAVA_LONG, 40),
        buffer.get(ValueLayout.JAVA_LONG, 48) * STATX_BLOCK,
        buffer.get(ValueLayout.JAVA_LONG, 32),
        buffer.get(ValueLayout.JAVA_INT, 16),
        buffer.get(ValueLayout.JAVA_INT, 20),
        buffer.get(ValueLayout.JAVA_INT, 24),
        buffer.get(ValueLayout.JAVA_LONG, 112));
  }

  /** A symbolic link's target, at most 4095 bytes. */
  public static String readLink(String path) throws IOException {
    return call(
        (arena, state) -> {
          MemorySegment buffer = arena.allocate(4096);
          long n = LibC.READLINK.call(state, LibC.string(arena, path), buffer.address(), 4096L);
          if (n < 0) {
            throw failure(CFunction.errno(state), path);
          }
          return Octets.of(buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE));
        });
  }

  /**
   * A folder's entry.
   *
   * @param type OTHER also where the file system does not say; then {@link Posix#status} does
   */
  public record Entry(String name, FileStatus.Type type) {}

  /** The entries of a folder but {@code .} and {@code ..}, in no order; links followed. */
  public static List<Entry> list(String path) throws IOException {
    int fd = open(path, O_DIRECTORY);
    try {
      return call(
          (arena, state) -> {
            List<Entry> entries = new ArrayList<>();
            MemorySegment buffer = arena.allocate(LIST_BUFFER, 8);
            while (true) {
              long n = LibC.GETDENTS.call(state, fd, buffer.address(), LIST_BUFFER);
              if (n < 0) {
                throw failure(CFunction.errno(state), path);
              }
              if (n == 0) {
                return entries;
              }
              collect(buffer.asSlice(0, n), entries);
            }
          });
    } finally {
      close(fd);
    }
  }

  /** Records of getdents64(2): inode 8, offset 8, length 2, type 1, name ended by NUL. */
  private static void collect(MemorySegment records, List<Entry> into) {
    for (long at = 0; at < records.byteSize(); ) {
      int length = Short.toUnsignedInt(records.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16));
      int type = records.get(ValueLayout.JAVA_BYTE, at + 18);
      byte[] bytes = records.asSlice(at + 19, length - 19L).toArray(ValueLayout.JAVA_BYTE);
      int end = 0;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      String name = Octets.of(bytes, 0, end);
      if (!name.equals(".") && !name.equals("..")) {
        into.add(new Entry(name, FileStatus.Type.ofEntry(type)));
      }
      at += length;
    }
  }

  /**
   * Opens a regular file for reading, the last name not followed if it is a link. Never waits: a
   * FIFO or device opens at once, and is the caller's mistake.
   */
  public static InputStream openFile(String path) throws IOException {
    return new DescriptorStream(open(path, O_NOFOLLOW | O_NONBLOCK), path);
  }

  /** As {@link #openFile}, but links are followed. */
  public static InputStream openFollowing(String path) throws IOException {
    return new DescriptorStream(open(path, O_NONBLOCK), path);
  }

  /**
   * Reads a regular file from its beginning, the last name not followed if it is a link.
   *
   * @param into takes as much as it can
   * @return how many bytes were read; if {@code into} is full, the file may go on
   */
  public static int readFile(String path, MemorySegment into) throws IOException {
    return call(
        (arena, state) -> {
          int fd =
              (int)
                  LibC.OPEN.call(
                      state, LibC.string(arena, path), O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
          if (fd < 0) {
            throw failure(CFunction.errno(state), path);
          }
          try {
            long length = 0;
            while (length < into.byteSize()) {
              long wanted = into.byteSize() - length;
              long n = read(state, fd, into.asSlice(length), wanted, path);
              if (n == 0) {
                break;
              }
              length += n;
            }
            return (int) length;
          } finally {
            LibC.CLOSE.call(state, fd);
          }
        });
  }

  /** Sets permission bits. */
  public static void chmod(String path, int mode) throws IOException {
    check(path, (arena, state) -> (int) LibC.CHMOD.call(state, LibC.string(arena, path), mode));
  }

  /** Removes a file that is no folder. */
  public static void unlink(String path) throws IOException {
    check(path, (arena, state) -> (int) LibC.UNLINK.call(state, LibC.string(arena, path)));
  }

  /** Removes an empty folder. */
  public static void rmdir(String path) throws IOException {
    check(path, (arena, state) -> (int) LibC.RMDIR.call(state, LibC.string(arena, path)));
  }

  /** Gives what stands at {@code from} the name {@code to}, on the same file system. */
  public static void rename(String from, String to) throws IOException {
    check(
        from,
        (arena, state) ->
            (int) LibC.RENAME.call(state, LibC.string(arena, from), LibC.string(arena, to)));
  }

  /**
   * Removes whatever stands at {@code path} with all that is in it, links not followed; folders are
   * made accessible first. Nothing happens if nothing stands there. Nobody else may change the tree
   * meanwhile. Folders may stand in each other more deeply than a path can say: whoever enters one
   * after the other can make such.
   */
  public static void removeTree(String path) throws IOException {
    Optional<FileStatus> status = find(path);
    if (status.isEmpty()) {
      return;
    }
    if (status.get().type() != FileStatus.Type.DIRECTORY) {
      unlink(path);
      return;
    }
    makeAccessible(path, status.get());
    for (List<Entry> entries = list(path); !entries.isEmpty(); entries = list(path)) {
      for (Entry entry : entries) {
        removeBelow(path, path + "/" + entry.name());
      }
    }
    rmdir(path);
  }

  private static void removeBelow(String top, String path) throws IOException {
    FileStatus status = status(path);
    if (status.type() != FileStatus.Type.DIRECTORY) {
      unlink(path);
      return;
    }
    makeAccessible(path, status);
    if (path.length() > top.length() + LONGEST_BELOW) {
      rename(path, freeName(top));
      return;
    }
    for (Entry entry : list(path)) {
      removeBelow(top, path + "/" + entry.name());
    }
    rmdir(path);
  }

  /** What is moved up is found there by the next look. */
  private static String freeName(String folder) throws IOException {
    for (int i = 0; ; i++) {
      String name = folder + "/deep-" + i;
      if (find(name).isEmpty()) {
        return name;
      }
    }
  }

  private static void makeAccessible(String folder, FileStatus status) throws IOException {
    if ((status.mode() & 0700) != 0700) {
      chmod(folder, 0700);
    }
  }

  /** Makes all that was written to the file system of {@code path} durable. */
  public static void syncFileSystem(String path) throws IOException {
    int fd = open(path, 0);
    try {
      check(path, (arena, state) -> (int) LibC.SYNCFS.call(state, fd));
    } finally {
      close(fd);
    }
  }

  /** Makes the content of a file or the entries of a folder durable. */
  public static void sync(String path) throws IOException {
    int fd = open(path, 0);
    try {
      check(path, (arena, state) -> (int) LibC.FSYNC.call(state, fd));
    } finally {
      close(fd);
    }
  }

  /**
   * Makes the first {@code length} bytes of a file that is there take their room on the disk; what
   * they hold stays.
   */
  public static void reserve(String path, long length) throws IOException {
    int fd = open(path, O_RDWR);
    try {
      call(
          (arena, state) -> {
            // It returns the error instead of setting errno.
            int error = (int) LibC.POSIX_FALLOCATE.call(state, fd, 0L, length);
            if (error != 0) {
              throw failure(error, path);
            }
            return true;
          });
    } finally {
      close(fd);
    }
  }

  /**
   * Has the kernel begin to write a part of a file to the disk, and does not wait for it, so that a
   * later sync has less to do. Promises nothing, and tells of no failure: the sync does.
   *
   * @throws IOException if there is no such file
   */
  public static void startWriting(String path, long offset, long length) throws IOException {
    int fd = open(path, 0);
    try {
      call(
          (arena, state) ->
              LibC.SYNC_FILE_RANGE.call(state, fd, offset, length, SYNC_FILE_RANGE_WRITE));
    } finally {
      close(fd);
    }
  }

  /**
   * Gives back the room that a part of a file takes; it reads as zeros from now on, and the file
   * stays as long as it was.
   *
   * @throws FileSystemException if the file system can't, or the file may not be written to
   */
  public static void punch(String path, long offset, long length) throws IOException {
    int fd = open(path, O_RDWR);
    try {
      int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
      check(path, (arena, state) -> (int) LibC.FALLOCATE.call(state, fd, mode, offset, length));
    } finally {
      close(fd);
    }
  }

  private static void check(String path, Call<Integer> call) throws IOException {
    call(
        (arena, state) -> {
          if (call.run(arena, state) < 0) {
            throw failure(CFunction.errno(state), path);
          }
          return true;
        });
  }

  static int open(String path, int flags) throws IOException {
    return call(
        (arena, state) -> {
          int fd = (int) LibC.OPEN.call(state, LibC.string(arena, path), flags | O_CLOEXEC, 0);
          if (fd < 0) {
            throw failure(CFunction.errno(state), path);
          }
          return fd;
        });
  }

  static void close(int fd) throws IOException {
    call((arena, state) -> (int) LibC.CLOSE.call(state, fd));
  }

  static int openForReading(String path) throws IOException {
    return open(path, O_NOFOLLOW | O_NONBLOCK);
  }

  /** A call that gives a length, or −1 and an errno. */
  private interface Transfer {
    long run();
  }

  /** Reads into native memory; 0 at the end. */
  static long read(MemorySegment state, int fd, MemorySegment into, long length, String path)
      throws IOException {
    return transfer(state, path, () -> LibC.READ.call(state, fd, into.address(), length));
  }

  /** Reads into native memory from a place in the file; 0 at the end. */
  static long readAt(
      MemorySegment state, int fd, MemorySegment into, long length, long offset, String path)
      throws IOException {
    return transfer(state, path, () -> LibC.PREAD.call(state, fd, into.address(), length, offset));
  }

  private static long transfer(MemorySegment state, String path, Transfer transfer)
      throws IOException {
    while (true) {
      long n = transfer.run();
      if (n >= 0) {
        return n;
      }
      if (CFunction.errno(state) != EINTR) {
        throw failure(CFunction.errno(state), path);
      }
    }
  }

  private static FileSystemException failure(int errno, String path) {
    String name = Octets.toText(path);
    return switch (errno) {
      case ENOENT, ENOTDIR -> new NoSuchFileException(name);
      case EACCES -> new AccessDeniedException(name);
      case EEXIST -> new FileAlreadyExistsException(name);
      default -> new FileSystemException(name, null, Errno.text(errno));
    };
  }
}
