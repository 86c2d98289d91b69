package org.buildchain.fuse;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Node;

/**
 * Finds nodes by path, since libfuse's high-level calls name files so. The top folder is asked each
 * time, as it changes; folders below it are remembered, as they don't.
 */
final class PathResolver {
  /** Bounds the memory of what is remembered below one child of the root. */
  private static final int MAX_FOLDERS = 4096;

  /** Bounds how many children of the root are remembered. */
  private static final int MAX_TOPS = 256;

  /** What is known below {@code top}: folders by their path from it. */
  private record Known(Node top, Map<String, Directory> folders) {}

  private final FileSystemView view;
  private final Map<String, Known> tops = new ConcurrentHashMap<>();

  PathResolver(FileSystemView view) {
    this.view = view;
  }

  /**
   * The node at an absolute path.
   *
   * @param path an octet string that begins with a slash and has none at its end, or a slash
   */
  Optional<Node> resolve(String path) throws IOException {
    if (path.length() == 1) {
      return Optional.of(view.root());
    }
    int slash = path.indexOf('/', 1);
    String name = slash < 0 ? path.substring(1) : path.substring(1, slash);
    Optional<Node> top = view.root().lookup(name);
    if (slash < 0 || top.isEmpty()) {
      return top;
    }
    Optional<Directory> folder = folder(known(name, top.get()), path, slash);
    return folder.isEmpty()
        ? Optional.empty()
        : folder.get().lookup(path.substring(path.lastIndexOf('/') + 1));
  }

  private Known known(String name, Node top) {
    Known known = tops.get(name);
    // Another node under the same name means that the object was replaced.
    if (known == null || known.top.inode() != top.inode()) {
      if (tops.size() >= MAX_TOPS) {
        tops.clear();
      }
      known = new Known(top, new ConcurrentHashMap<>());
      tops.put(name, known);
    }
    return known;
  }

  /** The folder that holds the last component of {@code path}. */
  private static Optional<Directory> folder(Known known, String path, int topEnd)
      throws IOException {
    int end = path.lastIndexOf('/');
    if (end == topEnd) {
      return asDirectory(Optional.of(known.top));
    }
    String key = path.substring(topEnd, end);
    Directory remembered = known.folders.get(key);
    if (remembered != null) {
      return Optional.of(remembered);
    }
    Optional<Directory> current = asDirectory(Optional.of(known.top));
    for (int from = topEnd + 1; from <= end && current.isPresent(); ) {
      int to = path.indexOf('/', from);
      current = asDirectory(current.get().lookup(path.substring(from, to)));
      from = to + 1;
    }
    if (current.isPresent()) {
      if (known.folders.size() >= MAX_FOLDERS) {
        known.folders.clear();
      }
      known.folders.put(key, current.get());
    }
    return current;
  }

  private static Optional<Directory> asDirectory(Optional<Node> node) {
    return node.isPresent() && node.get() instanceof Directory directory
        ? Optional.of(directory)
        : Optional.empty();
  }
}
