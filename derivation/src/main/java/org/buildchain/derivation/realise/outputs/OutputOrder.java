package org.buildchain.derivation.realise.outputs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.path.StorePath;

/** Puts the outputs of one derivation in order: each after those that it refers to. */
final class OutputOrder {
  private final String label;
  private final SortedMap<String, StorePath> paths;
  private final Map<String, SortedSet<StorePath>> references;
  private final List<String> done = new ArrayList<>();
  private final Set<String> open = new HashSet<>();

  private OutputOrder(
      String label,
      SortedMap<String, StorePath> paths,
      Map<String, SortedSet<StorePath>> references) {
    this.label = label;
    this.paths = paths;
    this.references = references;
  }

  /**
   * @param label the derivation, for errors
   * @throws BuildException if outputs refer to each other in a circle
   */
  static List<String> of(
      String label,
      SortedMap<String, StorePath> paths,
      Map<String, SortedSet<StorePath>> references) {
    OutputOrder order = new OutputOrder(label, paths, references);
    references.keySet().forEach(order::visit);
    return order.done;
  }

  private void visit(String name) {
    if (done.contains(name)) {
      return;
    }
    open.add(name);
    for (Map.Entry<String, StorePath> other : paths.entrySet()) {
      String next = other.getKey();
      if (!next.equals(name)
          && references.containsKey(next)
          && references.get(name).contains(other.getValue())) {
        if (open.contains(next)) {
          throw new BuildException(
              "cycle detected in build of '"
                  + label
                  + "' in the references of output '"
                  + next
                  + "' from output '"
                  + name
                  + "'");
        }
        visit(next);
      }
    }
    open.remove(name);
    done.add(name);
  }
}
