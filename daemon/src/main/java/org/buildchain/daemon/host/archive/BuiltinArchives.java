package org.buildchain.daemon.host.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.derivation.site.Archives;
import org.buildchain.store.nar.NarTree;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.net.Xz;

/** Archives for builders that are part of bc. */
public final class BuiltinArchives implements Archives {
  /** The most memory that xz may ask for, in KiB. */
  private static final int XZ_MEMORY = 512 << 10;

  @Override
  public FileTree unpack(String what, FileTree.Regular archive, Path folder) throws IOException {
    // Zip archives are read from their end.
    Path copy = folder.resolve("archive");
    try (InputStream in = archive.open()) {
      Files.copy(in, copy);
    }
    // What it spools to goes with the folder.
    ArchiveTree tree = new ArchiveTree(what, folder.resolve("content"));
    Unpacker.unpack(what, copy, tree);
    Files.delete(copy);
    return tree.whole();
  }

  @Override
  public FileTree restore(String what, Path nar, boolean xz, Path folder) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(nar), 1 << 16);
        InputStream in = xz ? new BufferedInputStream(Xz.open(file, XZ_MEMORY), 1 << 16) : file) {
      NarTree tree = new NarTree(what, in);
      ArchiveTree kept = new ArchiveTree(what, folder.resolve("content"));
      add(kept, "root", tree.root());
      return ((FileTree.Directory) kept.whole()).entries().getFirst().node();
    }
  }

  private static void add(ArchiveTree into, String name, FileTree node) throws IOException {
    switch (node) {
      case FileTree.Regular file -> {
        try (InputStream content = file.open()) {
          into.file(name, content, file.executable());
        }
      }
      case FileTree.Symlink link -> into.link(name, link.target());
      case FileTree.Directory folder -> {
        into.folder(name);
        for (FileTree.Entry entry : folder.entries()) {
          add(into, name + "/" + entry.name(), entry.node());
        }
      }
    }
  }
}
