package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.Octets;
import org.buildchain.store.tree.FileTree;

/**
 * Trees with hash parts of store paths replaced by others: in files, names and link targets.
 * Content keeps its length.
 */
final class RewrittenTree {
  private RewrittenTree() {}

  /**
   * @param hashes from hash parts to hash parts
   */
  static FileTree of(FileTree tree, Map<String, String> hashes) {
    if (hashes.isEmpty()) {
      return tree;
    }
    return switch (tree) {
      case FileTree.Regular file -> new File(file, hashes);
      case FileTree.Directory folder -> new Folder(folder, hashes);
      case FileTree.Symlink link -> new Link(link, hashes);
    };
  }

  private record File(FileTree.Regular file, Map<String, String> hashes)
      implements FileTree.Regular {
    @Override
    public boolean executable() {
      return file.executable();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public InputStream open() throws IOException {
      return new RewritingStream(file.open(), hashes);
    }
  }

  private record Folder(FileTree.Directory folder, Map<String, String> hashes)
      implements FileTree.Directory {
    @Override
    public List<Entry> entries() throws IOException {
      List<Entry> entries = new ArrayList<>();
      for (Entry e : folder.entries()) {
        entries.add(new Entry(rewrite(e.name(), hashes), of(e.node(), hashes)));
      }
      entries.sort(Comparator.comparing(Entry::name));
      return entries;
    }
  }

  private record Link(FileTree.Symlink link, Map<String, String> hashes)
      implements FileTree.Symlink {
    @Override
    public String target() throws IOException {
      return rewrite(link.target(), hashes);
    }
  }

  private static String rewrite(String text, Map<String, String> hashes) {
    byte[] bytes = Octets.bytes(text);
    RewritingStream.replace(bytes, bytes.length, hashes);
    return Octets.of(bytes);
  }
}
