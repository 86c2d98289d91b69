package org.buildchain.fuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A read-only file system as a mount asks for it. Names and link targets are octet strings. All
 * methods may be called from several threads at once.
 *
 * <p>Children of the root come and go while the view is mounted. Whatever lies below one of them
 * never changes, so that the kernel may cache it for as long as it likes. An {@link IOException}
 * reaches the reading program as {@code EIO}: a view must throw rather than give bytes that it
 * could not verify.
 */
public interface FileSystemView {
  /** The top folder. */
  Directory root();

  /** A file, folder or link. */
  sealed interface Node {
    /** A number that no other node of the view has, stable while it is mounted, never 0. */
    long inode();
  }

  /** A folder. */
  non-sealed interface Directory extends Node {
    /** The child of this name, or empty if there is none. */
    Optional<Node> lookup(String name) throws IOException;

    /** All children, each name once, in any order. */
    List<Entry> list() throws IOException;
  }

  /** A regular file. */
  non-sealed interface Regular extends Node {
    /** The length in bytes. */
    long size();

    /** Whether it may be executed. */
    boolean executable();

    /**
     * Fills {@code into} from {@code offset}, up to its limit or the end of the file, and returns
     * how many bytes that were. Fewer come back only at the end of the file.
     *
     * @param offset at least 0; at or past the end nothing is read
     */
    int read(long offset, ByteBuffer into) throws IOException;
  }

  /** A symbolic link. */
  non-sealed interface Symlink extends Node {
    /** The target, 1 to 4095 bytes. */
    String target() throws IOException;
  }

  /** What a directory entry says about its node without opening it. */
  enum Kind {
    DIRECTORY,
    REGULAR,
    SYMLINK,
    /** Whoever lists has to look. */
    UNKNOWN
  }

  /**
   * A child as a listing shows it.
   *
   * @param name an octet string of 1 to 255 bytes without {@code /} and NUL
   * @param inode as {@link Node#inode()} of the child
   */
  record Entry(String name, Kind kind, long inode) {}
}
