package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InputStream;
import org.buildchain.store.tree.FileTree;

/** A flat address is of the content alone, so that no such object is executable. */
record PlainFile(FileTree.Regular file) implements FileTree.Regular {
  @Override
  public boolean executable() {
    return false;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public InputStream open() throws IOException {
    return file.open();
  }
}
