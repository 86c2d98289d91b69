package org.buildchain.store.ipld;

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
     * Reads bytes.
     *
     * @param offset at least 0
     * @return how many were read: {@code length}, or fewer at the file's end
     */
    int read(long offset, byte[] into, int at, int length) throws java.io.IOException;
  }

  /** A folder. */
  non-sealed interface Directory extends UnixFsNode {
    /** A child's name and CID. */
    record Child(String name, Cid cid) {}

    /** The children, ascending by name. */
    List<Child> children() throws java.io.IOException;

    /** The child of this name. */
    Optional<Cid> child(String name) throws java.io.IOException;
  }

  /** A symbolic link. */
  non-sealed interface Symlink extends UnixFsNode {
    /** The target, an octet string. */
    String target();
  }
}
