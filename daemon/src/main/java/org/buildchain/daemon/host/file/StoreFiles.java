package org.buildchain.daemon.host.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
public final class StoreFiles {
  /** So many folders stay open. */
  private static final int MOST = 4096;

  /** A node, and the folders in it that were looked into. */
  private record Opened(FileTree node, Map<String, Opened> below) {
    Opened(FileTree node) {
      this(node, new ConcurrentHashMap<>());
    }
  }

  private final Store store;
  private final Map<StorePath, Opened> objects = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();

  /** The files of this store, for one evaluation. */
  public StoreFiles(Store store) {
    this.store = store;
  }

  /**
   * The node at {@code path}, which lies in {@code object}; no link on the way is followed. Folders
   * on the way stay open: an evaluation asks for each part of each path, and a tree's largest
   * folders stand near its root.
   */
  private Optional<FileTree> node(StorePath object, String path) throws IOException {
    if (!store.isValid(object)) {
      objects.remove(object);
      return Optional.empty();
    }
    if (open.get() > MOST) {
      objects.clear();
      open.set(0);
    }
    Opened at = objects.get(object);
    if (at == null) {
      at = kept(new Opened(store.open(object)), object, objects);
    }
    String rest = path.substring(store.dir().print(object).length());
    for (String name : rest.split("/")) {
      if (name.isEmpty()) {
        continue;
      }
      Opened next = at.below.get(name);
      if (next == null) {
        Optional<FileTree> child = child(at.node, name);
        if (child.isEmpty()) {
          return Optional.empty();
        }
        next = kept(new Opened(child.get()), name, at.below);
      }
      at = next;
    }
    return Optional.of(at.node);
  }

  private <K> Opened kept(Opened opened, K name, Map<K, Opened> in) {
    if (opened.node instanceof FileTree.Directory && in.put(name, opened) == null) {
      open.incrementAndGet();
    }
    return opened;
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

  /** What is at {@code path}, which lies in {@code object}; empty if nothing is. */
  public Optional<FileType> typeOf(StorePath object, String path) throws IOException {
    return node(object, path).map(FilteredTree::typeOf);
  }

  /**
   * The target of a link, an octet string.
   *
   * @throws java.nio.file.NoSuchFileException if nothing is there
   * @throws IOException if it is no link
   */
  public String readLink(StorePath object, String path) throws IOException {
    if (required(object, path) instanceof FileTree.Symlink s) {
      return s.target();
    }
    throw new IOException("'" + path + "' is not a symbolic link");
  }

  /**
   * The content of a file, an octet string of at most {@link HostFiles#MAX_FILE} bytes.
   *
   * @throws java.nio.file.NoSuchFileException if nothing is there
   * @throws IOException if it is longer, or no regular file
   */
  public String readFile(StorePath object, String path) throws IOException {
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

  /**
   * The entries of a folder by their names, octet strings.
   *
   * @throws java.nio.file.NoSuchFileException if nothing is there
   * @throws NotDirectoryException if it is no folder
   */
  public SortedMap<String, FileType> readDirectory(StorePath object, String path)
      throws IOException {
    if (!(required(object, path) instanceof FileTree.Directory d)) {
      throw new NotDirectoryException(path);
    }
    SortedMap<String, FileType> out = new TreeMap<>();
    for (FileTree.Entry e : d.entries()) {
      out.put(e.name(), FilteredTree.typeOf(e.node()));
    }
    return out;
  }

  /**
   * The tree at a path in the store.
   *
   * @throws java.nio.file.NoSuchFileException if nothing is there
   */
  public FileTree tree(StorePath object, String path) throws IOException {
    return required(object, path);
  }
}
