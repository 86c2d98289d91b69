package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/** Reads {@code flake.lock}, versions 5 to 7. Source: Nix 2.26 manual, "Lock files". */
final class LockReader {
  private static final long OLDEST = 5;
  private static final long NEWEST = 7;

  private final Evaluator ev;
  private final Attrs nodes;
  private final Map<String, LockNode> known = new HashMap<>();

  private LockReader(Evaluator ev, Attrs nodes) {
    this.ev = ev;
    this.nodes = nodes;
  }

  /**
   * The root of the graph in a lock file.
   *
   * @throws EvalException if it is malformed
   */
  static LockNode read(Evaluator ev, String path, String text) {
    Value parse = ev.builtins().get(ev.symbols().of("fromJSON"));
    Attrs file = attrs(ev, ev.call(parse, new Str(text)), "lock file '" + path + "'");
    long version = get(ev, file, "version") instanceof Value.Int n ? n.value() : 0;
    if (version < OLDEST || version > NEWEST) {
      throw EvalException.other("lock file '" + path + "' has unsupported version " + version);
    }
    LockReader reader =
        new LockReader(
            ev, attrs(ev, get(ev, file, "nodes"), "'nodes' of lock file '" + path + "'"));
    String root = string(get(ev, file, "root"), "'root' of lock file '" + path + "'");
    LockNode node = LockNode.root();
    reader.known.put(root, node);
    reader.inputs(node, reader.node(root));
    return node;
  }

  private Attrs node(String key) {
    Value v = get(ev, nodes, key);
    if (v == Value.Null.NULL) {
      throw EvalException.other("lock file references missing node '" + key + "'");
    }
    return attrs(ev, v, "lock file node '" + key + "'");
  }

  private void inputs(LockNode node, Attrs json) {
    Value v = get(ev, json, "inputs");
    if (v == Value.Null.NULL) {
      return;
    }
    Attrs inputs = attrs(ev, v, "'inputs' in a lock file");
    for (int i : inputs.byName()) {
      String name = inputs.name(i).name();
      node.inputs()
          .put(
              name,
              switch (ev.force(inputs.value(i))) {
                case Value.List l -> new LockNode.Follows(path(l));
                case Value key -> new LockNode.Child(child(string(key, "input '" + name + "'")));
              });
    }
  }

  private LockNode child(String key) {
    LockNode node = known.get(key);
    if (node == null) {
      Attrs json = node(key);
      node = new LockNode(Optional.of(lock(json)));
      known.put(key, node);
      inputs(node, json);
    } else if (node.lock().isEmpty()) {
      throw EvalException.other("lock file contains cycle to root node");
    }
    return node;
  }

  private LockNode.Lock lock(Attrs json) {
    Map<String, Object> locked = reference(json, "locked");
    // Only version 5 has it.
    if (get(ev, json, "info") instanceof Attrs info) {
      locked.putAll(attributes(info));
    }
    FlakeRef ref = FlakeRef.of(locked);
    if (!ref.input().isLocked() && ref.input().relativePath().isEmpty()) {
      throw EvalException.other(
          "Lock file contains unlocked input '"
              + ref.input()
              + "'. Use '--allow-dirty-locks' to accept this lock file.");
    }
    Value flake = get(ev, json, "flake");
    Value parent = get(ev, json, "parent");
    return new LockNode.Lock(
        new FlakeRef(ref.input().with("__final", true), ref.dir()),
        FlakeRef.of(reference(json, "original")),
        flake != Value.Bool.FALSE,
        parent instanceof Value.List l ? Optional.of(path(l)) : Optional.empty());
  }

  private Map<String, Object> reference(Attrs json, String name) {
    Value v = get(ev, json, name);
    if (v == Value.Null.NULL) {
      throw EvalException.other("attribute '" + name + "' missing in lock file");
    }
    return attributes(attrs(ev, v, "'" + name + "' in a lock file"));
  }

  private Map<String, Object> attributes(Attrs json) {
    Map<String, Object> out = new TreeMap<>();
    for (int i = 0; i < json.size(); i++) {
      out.put(
          json.name(i).name(),
          switch (ev.force(json.value(i))) {
            case Str s -> s.value();
            case Value.Int n -> n.value();
            case Value.Bool b -> b == Value.Bool.TRUE;
            default -> throw EvalException.other("unsupported input attribute type in lock file");
          });
    }
    return out;
  }

  private List<String> path(Value.List list) {
    List<String> out = new ArrayList<>();
    for (Value v : list.elements()) {
      out.add(string(ev.force(v), "an input path in a lock file"));
    }
    return List.copyOf(out);
  }

  private static Value get(Evaluator ev, Attrs a, String name) {
    Value v = a.get(ev.symbols().of(name));
    return v == null ? Value.Null.NULL : ev.force(v);
  }

  private static Attrs attrs(Evaluator ev, Value v, String what) {
    return ev.attrs(v, Pos.NONE, "while reading " + what);
  }

  private static String string(Value v, String what) {
    if (v instanceof Str s) {
      return s.value();
    }
    throw EvalException.other(what + " is " + v.described() + " while a string is expected");
  }
}
