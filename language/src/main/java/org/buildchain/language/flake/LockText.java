package org.buildchain.language.flake;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The text of a lock file, version 7, to the last byte as Nix 2.26 writes it. Source: {@code
 * lockfile.cc}.
 */
final class LockText {
  private static final long VERSION = 7;

  private LockText() {}

  /** The file for a graph. */
  static String of(LockNode root) {
    return FlakeJson.indented(json(root)) + "\n";
  }

  /** The same as maps, lists, strings, numbers and truth values. */
  static SortedMap<String, Object> json(LockNode root) {
    Map<LockNode, String> names = LockFile.names(root);
    SortedMap<String, Object> nodes = new TreeMap<>();
    names.forEach((node, name) -> nodes.put(name, json(node, names)));
    return new TreeMap<>(Map.of("nodes", nodes, "root", names.get(root), "version", VERSION));
  }

  private static SortedMap<String, Object> json(LockNode node, Map<LockNode, String> names) {
    SortedMap<String, Object> json = new TreeMap<>();
    SortedMap<String, Object> inputs = new TreeMap<>();
    node.inputs()
        .forEach(
            (input, edge) ->
                inputs.put(
                    input,
                    switch (edge) {
                      case LockNode.Child c -> names.get(c.node());
                      case LockNode.Follows f -> f.path();
                    }));
    if (!inputs.isEmpty()) {
      json.put("inputs", inputs);
    }
    node.lock()
        .ifPresent(
            l -> {
              json.put("original", l.original().lockAttributes());
              json.put("locked", l.locked().lockAttributes());
              if (!l.isFlake()) {
                json.put("flake", false);
              }
              l.parent().ifPresent(p -> json.put("parent", p));
            });
    return json;
  }
}
