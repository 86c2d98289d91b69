package org.buildchain.store.tree;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * One node of a read-only tree of files in the data model of NAR. Names and link targets are octet
 * strings. Implementations: a folder of the disk, a selection of one (a filtered source), a store
 * object, a NAR's content. A tree must not change while it is read; where the disk below it does,
 * reading fails with an {@link IOException}, or gives what a reader at some moment would have seen.
 */
public sealed interface FileTree {
  /** A regular file. */
  non-sealed interface Regular extends FileTree {
    /** Whether its owner may execute it. */
    boolean executable();

    /** The length in bytes, at least 0. */
    long size();

    /** A stream of exactly {@link #size} bytes; the caller closes it. */
    InputStream open() throws IOException;
  }

  /** A folder. */
  non-sealed interface Directory extends FileTree {
    /** The entries in ascending order of their names' bytes, each name once. */
    List<Entry> entries() throws IOException;
  }

  /** A symbolic link. */
  non-sealed interface Symlink extends FileTree {
    /** The target as an octet string, 1 to 4095 bytes. */
    String target() throws IOException;
  }

  /**
   * A named child.
   *
   * @param name an octet string of 1 to 255 bytes without {@code /} and NUL, neither {@code .} nor
   *     {@code ..}
   */
  record Entry(String name, FileTree node) {}
}
