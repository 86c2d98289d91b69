package org.buildchain.daemon.host.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.language.EvalHost.Filter;
import org.buildchain.store.tree.FileTree;

/** A tree without the entries that a filter refuses. The filter is asked once for each entry. */
public final class FilteredTree implements FileTree.Directory {
  private final List<Entry> entries;

  private FilteredTree(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * @param path the tree's full path, which the filter's arguments begin with; the filter is not
   *     asked for the tree itself
   */
  public static FileTree of(FileTree tree, String path, Filter filter) throws IOException {
    if (filter == Filter.ALL || !(tree instanceof Directory folder)) {
      return tree;
    }
    List<Entry> kept = new ArrayList<>();
    for (Entry entry : folder.entries()) {
      String child = path + "/" + entry.name();
      if (filter.accept(child, typeOf(entry.node()))) {
        kept.add(new Entry(entry.name(), of(entry.node(), child, filter)));
      }
    }
    return new FilteredTree(List.copyOf(kept));
  }

  /** The type of a node. */
  static FileType typeOf(FileTree node) {
    return switch (node) {
      case Regular r -> FileType.REGULAR;
      case Directory d -> FileType.DIRECTORY;
      case Symlink s -> FileType.SYMLINK;
    };
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }
}
