package org.buildchain.derivation.realise;

import java.util.List;
import java.util.SortedMap;
import org.buildchain.store.tree.FileTree;

/**
 * A folder in memory.
 *
 * @param children by name; they may change until the tree is read
 */
record MemoryFolder(SortedMap<String, FileTree> children) implements FileTree.Directory {
  /** A link in memory. */
  record Link(String target) implements FileTree.Symlink {}

  @Override
  public List<Entry> entries() {
    return children.entrySet().stream().map(e -> new Entry(e.getKey(), e.getValue())).toList();
  }
}
