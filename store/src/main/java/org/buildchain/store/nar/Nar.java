package org.buildchain.store.nar;

import java.io.IOException;
import java.io.InputStream;
import org.buildchain.store.tree.FileTree;

/** Whole trees as NAR. */
public final class Nar {
  private static final int BUFFER = 1 << 16;

  /** Passes a file's bytes on. */
  @FunctionalInterface
  private interface Contents {
    void put(FileTree.Regular file) throws IOException;
  }

  private Nar() {}

  /** Writes a tree's NAR; gives its length. */
  public static long write(FileTree tree, NarWriter.Sink sink) throws IOException {
    NarWriter out = new NarWriter(sink);
    byte[] buffer = new byte[BUFFER];
    return write(
        tree,
        out,
        file -> {
          try (InputStream in = file.open()) {
            for (int n; (n = in.read(buffer)) >= 0; ) {
              out.content(buffer, 0, n);
            }
          }
        });
  }

  /** The length of a tree's NAR, in bytes. Its files are not read. */
  public static long size(FileTree tree) throws IOException {
    NarWriter out = new NarWriter((data, offset, length) -> {});
    return write(tree, out, file -> out.skip(file.size()));
  }

  private static long write(FileTree tree, NarWriter out, Contents contents) throws IOException {
    out.begin();
    node(tree, out, contents);
    return out.written();
  }

  private static void node(FileTree tree, NarWriter out, Contents contents) throws IOException {
    switch (tree) {
      case FileTree.Regular file -> {
        out.beginFile(file.executable(), file.size());
        contents.put(file);
        out.endFile(file.size());
      }
      case FileTree.Symlink link -> out.symlink(link.target());
      case FileTree.Directory folder -> {
        out.beginDirectory();
        for (FileTree.Entry entry : folder.entries()) {
          out.beginEntry(entry.name());
          node(entry.node(), out, contents);
          out.endEntry();
        }
        out.endDirectory();
      }
    }
  }
}
