package org.buildchain.language.flake;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.eval.JsonText;

/**
 * The text of a lock file, version 7, to the last byte as Nix 2.26 writes it. Source: {@code
 * lockfile.cc}.
 */
final class LockText {
  private static final long VERSION = 7;

  private final StringBuilder out = new StringBuilder();

  private LockText() {}

  /** The file for a graph. */
  static String of(LockNode root) {
    LockText text = new LockText();
    text.value(json(root), 0);
    return text.out.append('\n').toString();
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

  private void value(Object value, int level) {
    switch (value) {
      case Map<?, ?> m when m.isEmpty() -> out.append("{}");
      case List<?> l when l.isEmpty() -> out.append("[]");
      case Map<?, ?> m -> {
        String before = "{";
        for (Map.Entry<?, ?> e : m.entrySet()) {
          line(before, level + 1);
          JsonText.string(out, e.getKey().toString());
          out.append(": ");
          value(e.getValue(), level + 1);
          before = ",";
        }
        line("", level);
        out.append('}');
      }
      case List<?> l -> {
        String before = "[";
        for (Object e : l) {
          line(before, level + 1);
          value(e, level + 1);
          before = ",";
        }
        line("", level);
        out.append(']');
      }
      case String s -> JsonText.string(out, s);
      default -> out.append(value);
    }
  }

  private void line(String before, int level) {
    out.append(before).append('\n').repeat("  ", level);
  }
}
