package org.buildchain.store.tree;

import java.io.IOException;
import java.util.Optional;

/** Nodes of a tree that can be looked into without reading all of them, as a mount does. */
public final class RandomAccessTree {
  private RandomAccessTree() {}

  /** A regular file. */
  public interface Regular extends FileTree.Regular {
    /**
     * Reads bytes.
     *
     * @param offset at least 0
     * @return how many were read: {@code length}, or fewer at the file's end
     */
    int read(long offset, byte[] into, int at, int length) throws IOException;
  }

  /** A folder. */
  public interface Directory extends FileTree.Directory {
    /** The child of this name. */
    Optional<FileTree> child(String name) throws IOException;
  }
}
