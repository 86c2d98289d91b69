package org.buildchain.daemon.host;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.RandomAccessTree;

/**
 * The store's objects by their paths in the store folder, read from the store itself: an evaluation
 * must not depend on the mount.
 */
final class StoreFiles {
  private final Store store;

  StoreFiles(Store store) {
    this.store = store;
  }

  /** The node at {@code path}, which lies in {@code object}; no link on the way is followed. */
  private Optional<FileTree> node(StorePath object, String path) throws IOException {
    if (!store.isValid(object)) {
      return Optional.empty();
    }
    FileTree node = store.open(object);
    String rest = path.substring(store.dir().print(object).length());
    for (String name : rest.split("/")) {
      if (name.isEmpty()) {
        continue;
      }
      Optional<FileTree> child = child(node, name);
      if (child.isEmpty()) {
        return Optional.empty();
      }
      node = child.get();
    }
    return Optional.of(node);
  }

  private static Optional<FileTree> child(FileTree node, String name) throws IOException {
    return switch (node) {
      case RandomAccessTree.Directory d -> d.child(name);
      case FileTree.Directory d ->
          d.entries().stream()
              .filter(e -> e.name().equals(name))
              .findFirst()
              .map(FileTree.Entry::node);
      default -> Optional.empty();
    };
  }

  private FileTree required(StorePath object, String path) throws IOException {
    return node(object, path)
        .orElseThrow(
            () -> new java.nio.file.NoSuchFileException("path '" + path + "' does not exist"));
  }

  Optional<FileType> typeOf(StorePath object, String path) throws IOException {
    return node(object, path).map(FilteredTree::typeOf);
  }

  String readLink(StorePath object, String path) throws IOException {
    if (required(object, path) instanceof FileTree.Symlink s) {
      return s.target();
    }
    throw new IOException("'" + path + "' is not a symbolic link");
  }

  String readFile(StorePath object, String path) throws IOException {
    if (!(required(object, path) instanceof FileTree.Regular r)) {
      throw new IOException("'" + path + "' is not a regular file");
    }
    if (r.size() > HostFiles.MAX_FILE) {
      throw new IOException("file '" + path + "' is longer than " + HostFiles.MAX_FILE + " bytes");
    }
    try (InputStream in = r.open()) {
      return Octets.of(in.readAllBytes());
    }
  }

  SortedMap<String, FileType> readDirectory(StorePath object, String path) throws IOException {
    if (!(required(object, path) instanceof FileTree.Directory d)) {
      throw new IOException("'" + path + "' is not a directory");
    }
    SortedMap<String, FileType> out = new TreeMap<>();
    for (FileTree.Entry e : d.entries()) {
      out.put(e.name(), FilteredTree.typeOf(e.node()));
    }
    return out;
  }

  /** The tree at a path in the store. */
  FileTree tree(StorePath object, String path) throws IOException {
    return required(object, path);
  }
}
