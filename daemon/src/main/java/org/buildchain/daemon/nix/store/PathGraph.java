package org.buildchain.daemon.nix.store;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StorePath;

/** A closure in the language of Graphviz, as {@code nix-store -q --graph} prints it. */
final class PathGraph {
  private static final List<String> COLOURS =
      List.of("black", "red", "green", "blue", "magenta", "burlywood");

  private final Store store;
  private int edges;

  PathGraph(Store store) {
    this.store = store;
  }

  String text(SortedSet<StorePath> roots) {
    StringBuilder out = new StringBuilder("digraph G {\n");
    SortedSet<StorePath> todo = new TreeSet<>(roots);
    SortedSet<StorePath> done = new TreeSet<>();
    while (!todo.isEmpty()) {
      StorePath path = todo.removeFirst();
      if (!done.add(path)) {
        continue;
      }
      out.append('"').append(path).append("\" [label = \"").append(path.name());
      out.append("\", shape = box, style = filled, fillcolor = \"#ff0000\"];\n");
      for (StorePath r : references(path)) {
        if (!r.equals(path)) {
          todo.add(r);
          out.append('"').append(r).append("\" -> \"").append(path).append("\" [color = \"");
          out.append(COLOURS.get(edges++ % COLOURS.size())).append("\"];\n");
        }
      }
    }
    return out.append("}\n").toString();
  }

  private SortedSet<StorePath> references(StorePath path) {
    return store
        .query(path)
        .orElseThrow(
            () -> new StoreException("path '" + store.dir().print(path) + "' is not valid"))
        .references();
  }
}
