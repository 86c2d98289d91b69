package org.buildchain.daemon.nix.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.Messages;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * A closure as a tree, as {@code nix-store -q --tree} draws it; what came before is not repeated.
 */
final class PathTree {
  private static final String BRANCH = Octets.fromText("├───");
  private static final String LAST = Octets.fromText("└───");
  private static final String LINE = Octets.fromText("│   ");
  private static final String NOTHING = "    ";

  private final Store store;
  private final Messages messages;
  private final Set<StorePath> done = new HashSet<>();

  PathTree(Store store, Messages messages) {
    this.store = store;
    this.messages = messages;
  }

  void print(StorePath root) {
    print(root, "", "");
  }

  private void print(StorePath path, String first, String rest) {
    if (!done.add(path)) {
      messages.println(first + store.dir().print(path) + " [...]");
      return;
    }
    messages.println(first + store.dir().print(path));
    SortedSet<StorePath> references =
        new TreeSet<>(
            store
                .query(path)
                .map(PathInfo::references)
                .orElseThrow(
                    () ->
                        new StoreException("path '" + store.dir().print(path) + "' is not valid")));
    List<StorePath> sorted = ReferenceOrder.of(store, references);
    for (int i = 0; i < sorted.size(); i++) {
      boolean last = i == sorted.size() - 1;
      print(sorted.get(i), rest + (last ? LAST : BRANCH), rest + (last ? NOTHING : LINE));
    }
  }
}
