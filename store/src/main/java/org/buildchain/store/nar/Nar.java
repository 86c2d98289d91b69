package org.buildchain.store.nar;

import java.io.IOException;
import java.io.InputStream;
import org.buildchain.store.tree.FileTree;

/** Whole trees as NAR. */
public final class Nar {
  private static final int BUFFER = 1 << 16;

  private Nar() {}

  /** Writes a tree's NAR; gives its length. */
  public static long write(FileTree tree, NarWriter.Sink sink) throws IOException {
    NarWriter out = new NarWriter(sink);
    out.begin();
    write(tree, out, new byte[BUFFER]);
    return out.written();
  }

  private static void write(FileTree tree, NarWriter out, byte[] buffer) throws IOException {
    switch (tree) {
      case FileTree.Regular file -> {
        out.beginFile(file.executable(), file.size());
        try (InputStream in = file.open()) {
          for (int n; (n = in.read(buffer)) >= 0; ) {
            out.content(buffer, 0, n);
          }
        }
        out.endFile(file.size());
      }
      case FileTree.Symlink link -> out.symlink(link.target());
      case FileTree.Directory folder -> {
        out.beginDirectory();
        for (FileTree.Entry entry : folder.entries()) {
          out.beginEntry(entry.name());
          write(entry.node(), out, buffer);
          out.endEntry();
        }
        out.endDirectory();
      }
    }
  }
}
