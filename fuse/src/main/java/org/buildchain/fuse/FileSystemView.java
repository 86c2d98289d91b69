package org.buildchain.fuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.ipld.Block;

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

  /**
   * A number that differs whenever other children of the root are listed than before. It costs next
   * to nothing to ask for.
   */
  long version();

  /** A file, folder or link. */
  sealed interface Node {
    /**
     * A number that no other node of the view has, stable while it is mounted, at least 1. The
     * root's is 1.
     */
    long inode();
  }

  /** A folder. */
  non-sealed interface Directory extends Node {
    /** The child of this name, or empty if there is none. */
    Optional<Node> lookup(String name) throws IOException;

    /** All children, each name once, in any order. Below the root it is the same list each time. */
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

    /**
     * Says that these bytes are about to be read, so that they may be fetched and verified
     * together. What is wrong with them is said when they are read.
     */
    default void prepare(long offset, long length) throws IOException {}

    /**
     * Lends verified bytes that are in memory already, so that they need not be copied; empty where
     * they must be read. Fewer are lent only at the file's end.
     */
    default Optional<Block.Lent> lend(long offset, int length) throws IOException {
      return Optional.empty();
    }
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
   * @param opener opens the child
   */
  record Entry(String name, Kind kind, long inode, Opener opener) {}

  /** Opens what a listing names. */
  @FunctionalInterface
  interface Opener {
    /** The child, or empty if it has gone from the root meanwhile. */
    Optional<Node> open() throws IOException;
  }
}
