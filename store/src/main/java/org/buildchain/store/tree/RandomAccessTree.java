package org.buildchain.store.tree;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.ipld.Block;

/** Nodes of a tree that can be looked into without reading all of them, as a mount does. */
public final class RandomAccessTree {
  private RandomAccessTree() {}

  /** A regular file. */
  public interface Regular extends FileTree.Regular {
    /**
     * Fills {@code into} up to its limit, or to the file's end.
     *
     * @param offset at least 0
     * @return how many bytes were read
     */
    int read(long offset, ByteBuffer into) throws IOException;

    /**
     * Says that these bytes are about to be read, so that they may be fetched and checked together.
     */
    void prepare(long offset, long length) throws IOException;

    /**
     * Lends bytes where the store has them in memory as they are; empty where it doesn't, and they
     * must be read. Fewer are lent only at the file's end.
     */
    Optional<Block.Lent> lend(long offset, int length) throws IOException;

    /**
     * Sends bytes out of a file of the store that holds them as they are, checked as well as those
     * that are read.
     *
     * @return how many were sent, from {@code offset} on; 0 where they must be read
     */
    default int send(long offset, long length, Block.FileSink to) throws IOException {
      return 0;
    }
  }

  /** A folder. */
  public interface Directory extends FileTree.Directory {
    /** The child of this name. */
    Optional<FileTree> child(String name) throws IOException;

    /** All children, as {@link #entries} has them, but not opened yet. */
    List<Child> children() throws IOException;
  }

  /** A folder's child that isn't opened yet. */
  public interface Child {
    /** An octet string of 1 to 255 bytes. */
    String name();

    /** Whether it is known to be a regular file before it is opened. */
    boolean isRegular();

    /** The child. */
    FileTree open() throws IOException;
  }
}
