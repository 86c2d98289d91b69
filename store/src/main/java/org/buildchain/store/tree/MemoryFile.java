package org.buildchain.store.tree;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * A regular file in memory.
 *
 * @param content not to be changed
 */
public record MemoryFile(byte[] content, boolean executable) implements FileTree.Regular {
  @Override
  public long size() {
    return content.length;
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(content);
  }
}
