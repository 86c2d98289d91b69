package org.buildchain.derivation.site;

import java.io.IOException;
import java.nio.file.Path;
import org.buildchain.store.tree.FileTree;

/** Reads archives for builders that are part of bc. Nothing of an archive is trusted. */
public interface Archives {
  /**
   * A tar or zip archive, compressed or not, as a folder.
   *
   * @param what names it in errors
   * @param folder gets files with the content of the tree, which is gone when they are
   * @throws IOException if it can't be read
   * @throws org.buildchain.store.format.FormatException if it is no archive
   */
  FileTree unpack(String what, FileTree.Regular archive, Path folder) throws IOException;

  /**
   * A NAR as a tree.
   *
   * @param xz whether it is compressed so
   * @param folder as above
   */
  FileTree restore(String what, Path nar, boolean xz, Path folder) throws IOException;
}
