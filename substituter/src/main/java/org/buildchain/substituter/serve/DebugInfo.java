package org.buildchain.substituter.serve;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.RandomAccessTree;

/**
 * Which paths have debug symbols for a build id, as {@code nix copy} with {@code index-debug-info}
 * finds them: at {@code lib/debug/.build-id/{2 digits}/{38 digits}.debug}. Source: {@code
 * src/libstore/binary-cache-store.cc}. Each path is looked into once. Thread-safe.
 */
final class DebugInfo {
  private static final int MAX_IDS = 1 << 20;

  private final Store store;
  private final Set<StorePath> looked = new HashSet<>();
  private final Map<String, StorePath> found = new HashMap<>();
  private long version = -1;

  DebugInfo(Store store) {
    this.store = store;
  }

  /** The member of a path that has the symbols. */
  static String member(String buildId) {
    return "lib/debug/.build-id/" + buildId.substring(0, 2) + "/" + buildId.substring(2) + ".debug";
  }

  /**
   * A valid path with symbols.
   *
   * @param buildId 40 digits of base 16
   */
  synchronized Optional<StorePath> find(String buildId) throws IOException {
    if (store.version() != version) {
      long now = store.version();
      for (StorePath path : store.allPaths()) {
        if (!path.isDerivation() && looked.add(path)) {
          look(path);
        }
      }
      version = now;
    }
    return Optional.ofNullable(found.get(buildId)).filter(store::isValid);
  }

  private void look(StorePath path) throws IOException {
    try {
      Optional<FileTree> at = Optional.of(store.open(path));
      for (String name : List.of("lib", "debug", ".build-id")) {
        at = at.isPresent() ? child(at.get(), name) : at;
      }
      if (at.isPresent() && at.get() instanceof FileTree.Directory ids) {
        for (FileTree.Entry first : ids.entries()) {
          if (first.node() instanceof FileTree.Directory below) {
            for (FileTree.Entry rest : below.entries()) {
              String id = first.name() + rest.name().replaceFirst("\\.debug$", "");
              if (id.matches("[0-9a-f]{40}") && found.size() < MAX_IDS) {
                found.put(id, path);
              }
            }
          }
        }
      }
    } catch (StoreException e) {
      // It has gone meanwhile, or is damaged: it has no symbols for anybody.
    }
  }

  private static Optional<FileTree> child(FileTree tree, String name) throws IOException {
    return tree instanceof RandomAccessTree.Directory folder
        ? folder.child(name)
        : Optional.empty();
  }
}
