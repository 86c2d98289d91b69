package org.buildchain.store.ipld;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** A file, folder or link of UnixFS, opened: its topmost block is read. */
public sealed interface UnixFsNode {
  /** Which it is. */
  Cid cid();

  /** A file. */
  non-sealed interface File extends UnixFsNode {
    /** The length in bytes. */
    long size();

    /** Whether its mode lets anybody execute it. */
    boolean executable();

    /**
     * Fills {@code into} up to its limit, or to the file's end.
     *
     * @param offset at least 0
     * @return how many bytes were read
     */
    int read(long offset, ByteBuffer into) throws IOException;

    /** Says that these bytes are about to be read; see {@link Block.Source#prepare}. */
    default void prepare(long offset, long length) throws IOException {}

    /** Lends bytes that stand in one block; see {@link Block.Source#lend}. */
    default Optional<Block.Lent> lend(long offset, int length) throws IOException {
      return Optional.empty();
    }

    /**
     * Sends bytes out of the file of the block in which they stand; see {@link Block.Source#send}.
     *
     * @return how many were sent, from {@code offset} on; 0 where they must be read
     */
    default int send(long offset, long length, Block.FileSink to) throws IOException {
      return 0;
    }
  }

  /** A folder. */
  non-sealed interface Directory extends UnixFsNode {
    /**
     * A child.
     *
     * @param size of all its blocks together, as the folder says
     */
    record Child(String name, Cid cid, long size) {}

    /** The children, ascending by name. */
    List<Child> children() throws IOException;

    /** The child of this name. */
    Optional<Child> child(String name) throws IOException;
  }

  /** A symbolic link. */
  non-sealed interface Symlink extends UnixFsNode {
    /** The target, an octet string. */
    String target();
  }
}
