package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.language.error.EvalException;
import org.buildchain.store.format.Octets;

/** What graphs of locked inputs say, and how two of them differ. */
final class LockFile {
  private static final String BULLET = Octets.fromText("• ");
  private static final String ARROW = Octets.fromText("\n  → ");

  private LockFile() {}

  /** Names for all nodes, the ones that a lock file would have. */
  static Map<LockNode, String> names(LockNode root) {
    Map<LockNode, String> names = new IdentityHashMap<>();
    name("root", root, names, new HashSet<>());
    return names;
  }

  private static void name(
      String wanted, LockNode node, Map<LockNode, String> names, Set<String> taken) {
    if (names.containsKey(node)) {
      return;
    }
    String name = wanted;
    for (int n = 2; !taken.add(name); n++) {
      name = wanted + "_" + n;
    }
    names.put(node, name);
    node.inputs()
        .forEach(
            (input, edge) -> {
              if (edge instanceof LockNode.Child c) {
                name(input, c.node(), names, taken);
              }
            });
  }

  /** All that a lock file would hold, in a form that can be compared. */
  static Map<String, Object> content(LockNode root) {
    return LockText.json(root);
  }

  /** An input that nothing pins, so that it must not stand in a lock file. */
  static Optional<FlakeRef> unlocked(LockNode root) {
    return names(root).keySet().stream()
        .flatMap(node -> node.lock().stream())
        .map(LockNode.Lock::locked)
        .filter(l -> !l.input().isLocked() && l.input().relativePath().isEmpty())
        .findFirst();
  }

  /**
   * Looks whether everything that is followed is there.
   *
   * @throws EvalException if something is not
   */
  static void check(LockNode root) {
    edges(root)
        .forEach(
            (path, edge) -> {
              if (edge instanceof LockNode.Follows f
                  && !f.path().isEmpty()
                  && root.find(f.path()).isEmpty()) {
                throw EvalException.other(
                    "input '"
                        + String.join("/", path)
                        + "' follows a non-existent input '"
                        + String.join("/", f.path())
                        + "'");
              }
            });
  }

  private static SortedMap<List<String>, LockNode.Edge> edges(LockNode root) {
    SortedMap<List<String>, LockNode.Edge> out = new TreeMap<>(LockFile::compare);
    edges(List.of(), root, Collections.newSetFromMap(new IdentityHashMap<>()), out);
    return out;
  }

  private static void edges(
      List<String> prefix,
      LockNode node,
      Set<LockNode> done,
      SortedMap<List<String>, LockNode.Edge> out) {
    if (!done.add(node)) {
      return;
    }
    node.inputs()
        .forEach(
            (name, edge) -> {
              List<String> path = Locker.append(prefix, name);
              out.put(path, edge);
              if (edge instanceof LockNode.Child c) {
                edges(path, c.node(), done, out);
              }
            });
  }

  static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int c = a.get(i).compareTo(b.get(i));
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** The changes from one graph to another, a few lines for each; without a last line's end. */
  static String changes(LockNode before, LockNode after) {
    SortedMap<List<String>, LockNode.Edge> old = edges(before);
    SortedMap<List<String>, LockNode.Edge> now = edges(after);
    Set<List<String>> paths = new TreeSet<>(LockFile::compare);
    paths.addAll(old.keySet());
    paths.addAll(now.keySet());
    List<String> lines = new ArrayList<>();
    for (List<String> path : paths) {
      String input = " input '" + String.join("/", path) + "'";
      LockNode.Edge a = old.get(path);
      LockNode.Edge b = now.get(path);
      if (a == null) {
        lines.add(BULLET + "Added" + input + ":\n    " + described(b));
      } else if (b == null) {
        lines.add(BULLET + "Removed" + input);
      } else if (!same(a, b)) {
        lines.add(BULLET + "Updated" + input + ":\n    " + described(a) + ARROW + described(b));
      }
    }
    return String.join("\n", lines);
  }

  private static boolean same(LockNode.Edge a, LockNode.Edge b) {
    return switch (a) {
      case LockNode.Follows f -> f.equals(b);
      case LockNode.Child c -> b instanceof LockNode.Child d && locked(c).equals(locked(d));
    };
  }

  private static FlakeRef locked(LockNode.Child child) {
    return child.node().lock().orElseThrow().locked();
  }

  private static String described(LockNode.Edge edge) {
    return switch (edge) {
      case LockNode.Follows f -> "follows '" + String.join("/", f.path()) + "'";
      case LockNode.Child c -> locked(c).described();
    };
  }
}
