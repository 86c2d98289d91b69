package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.error.EvalException;

/**
 * A node of the graph of locked inputs; it is itself, not equal to others. Nodes are filled while a
 * graph is made, by one thread, and do not change afterwards.
 */
final class LockNode {
  /** Where an input leads: to a node, or by a path from the root. */
  sealed interface Edge {}

  /** To a node of its own. */
  record Child(LockNode node) implements Edge {}

  /** To what stands at a path from the root. */
  record Follows(List<String> path) implements Edge {}

  /**
   * What is known of a node that is not the root.
   *
   * @param locked what is fetched
   * @param original what the flake asked for
   * @param parent the path, from the root, of the node that a relative path starts from
   */
  record Lock(FlakeRef locked, FlakeRef original, boolean isFlake, Optional<List<String>> parent) {}

  private final Optional<Lock> lock;
  private final SortedMap<String, Edge> inputs = new TreeMap<>();

  LockNode(Optional<Lock> lock) {
    this.lock = lock;
  }

  static LockNode root() {
    return new LockNode(Optional.empty());
  }

  /** Empty for the root. */
  Optional<Lock> lock() {
    return lock;
  }

  SortedMap<String, Edge> inputs() {
    return inputs;
  }

  /**
   * What stands at a path from this node, which is the root.
   *
   * @return empty if nothing does
   * @throws EvalException if the path leads in a circle
   */
  Optional<LockNode> find(List<String> path) {
    return find(path, new ArrayList<>());
  }

  private Optional<LockNode> find(List<String> path, List<List<String>> visited) {
    int before = visited.indexOf(path);
    visited.add(path);
    if (before >= 0) {
      throw EvalException.other(
          "follow cycle detected: ["
              + String.join(
                  " -> ",
                  visited.subList(before, visited.size()).stream()
                      .map(p -> String.join("/", p))
                      .toList())
              + "]");
    }
    LockNode at = this;
    for (String name : path) {
      Edge edge = at.inputs.get(name);
      Optional<LockNode> next =
          switch (edge) {
            case null -> Optional.empty();
            case Child c -> Optional.of(c.node());
            case Follows f -> find(f.path(), visited);
          };
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
    }
    return Optional.of(at);
  }
}
