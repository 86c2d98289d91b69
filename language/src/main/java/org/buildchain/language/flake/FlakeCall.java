package org.buildchain.language.flake;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;

/**
 * The values of a graph of flakes. All are lazy: an input that nobody asks for is neither fetched
 * nor read.
 */
final class FlakeCall {
  private final Evaluator ev;
  private final Locker.Locked locked;
  private final Map<LockNode, Values> values = new IdentityHashMap<>();

  /**
   * What a node stands for, computed when needed.
   *
   * @param tree the set that describes the files
   * @param folder of the flake, a string
   * @param whole what others get as their input
   */
  private record Values(Value tree, Value folder, Value whole) {}

  private FlakeCall(Evaluator ev, Locker.Locked locked) {
    this.ev = ev;
    this.locked = locked;
    add(locked.root());
  }

  /** The value of the flake at the root. */
  static Value call(Evaluator ev, Locker.Locked locked) {
    return ev.force(new FlakeCall(ev, locked).values.get(locked.root()).whole());
  }

  private void add(LockNode node) {
    if (values.containsKey(node)) {
      return;
    }
    Thunk tree = Thunk.of(() -> tree(node));
    Thunk folder = Thunk.of(() -> folder(node, tree));
    Value whole =
        node.lock().map(LockNode.Lock::isFlake).orElse(true)
            ? Thunk.of(() -> whole(node, tree, folder))
            : tree;
    values.put(node, new Values(tree, folder, whole));
    for (LockNode.Edge edge : node.inputs().values()) {
      if (edge instanceof LockNode.Child c) {
        add(c.node());
      }
    }
  }

  private Values at(List<String> path) {
    return values.get(
        locked
            .root()
            .find(path)
            .orElseThrow(
                () ->
                    EvalException.other(
                        "lock file has no input '" + String.join("/", path) + "'")));
  }

  private Value tree(LockNode node) {
    String fetched = locked.folders().get(node);
    Optional<FlakeRef> ref = node.lock().map(LockNode.Lock::locked);
    if (fetched != null) {
      boolean changed = ref.isEmpty() && locked.changed();
      return Trees.described(
          ev,
          object(fetched),
          ref.orElse(locked.flake().locked()).input(),
          changed ? Trees.Style.CHANGED : Trees.Style.TREE);
    }
    FlakeRef wanted = ref.orElseThrow();
    Optional<String> relative = wanted.input().relativePath();
    if (relative.isPresent()) {
      Values parent = at(node.lock().orElseThrow().parent().orElse(List.of()));
      Str folder = string(parent.folder());
      Attrs.Builder b = new Attrs.Builder(12);
      b.put(
          ev.symbols().of("outPath"),
          new Str(folder.value() + "/" + relative.get(), folder.context()));
      copy(ev.attrs(parent.tree(), Pos.NONE, ""), b);
      return b.build();
    }
    FetchedTree tree = Trees.fetch(ev, wanted.input());
    return Trees.described(ev, tree.path(), tree.input(), Trees.Style.TREE);
  }

  private StorePath object(String path) {
    return ev.host()
        .storeDir()
        .containing(path)
        .orElseThrow(() -> EvalException.other("path '" + path + "' is not in the Nix store"));
  }

  /** The folder in the tree. */
  private String subfolder(LockNode node) {
    String fetched = locked.folders().get(node);
    if (fetched == null) {
      return node.lock().orElseThrow().locked().dir();
    }
    String top = ev.host().storeDir().print(object(fetched));
    return fetched.length() == top.length() ? "" : fetched.substring(top.length() + 1);
  }

  private Value folder(LockNode node, Value tree) {
    Str top = string(tree);
    String dir = subfolder(node);
    return dir.isEmpty() ? top : new Str(top.value() + "/" + dir, top.context());
  }

  private Str string(Value v) {
    return ev.coercion().coerce(v, Pos.NONE, "while evaluating a flake's path", false, false, true);
  }

  private Value whole(LockNode node, Value tree, Value folder) {
    Str at = string(folder);
    Value file =
        ev.call(
            ev.builtins().get(ev.symbols().of("import")),
            new Str(at.value() + "/flake.nix", at.context()));
    Attrs flake = ev.attrs(file, Pos.NONE, "while evaluating a flake");
    Value function = flake.get(ev.symbols().of("outputs"));
    if (function == null) {
      throw new EvalException(
          EvalException.Kind.MISSING_ATTRIBUTE, Pos.NONE, "attribute 'outputs' missing");
    }
    if (!(ev.force(function) instanceof Value.Function)) {
      throw new EvalException(
          EvalException.Kind.ASSERTION,
          Pos.NONE,
          "assertion '(builtins.isFunction flake.outputs)' failed");
    }
    Attrs inputs = inputs(node);
    Attrs.Builder arguments = new Attrs.Builder(inputs.size() + 1);
    arguments.put(ev.symbols().of("self"), values.get(node).whole());
    copy(inputs, arguments);
    Value outputs = ev.delayCall(function, arguments.build());
    Attrs made = ev.attrs(outputs, Pos.NONE, "in the left operand of the update (//) operator");
    Attrs source = ev.attrs(tree, Pos.NONE, "in the right operand of the update (//) operator");
    Attrs.Builder b = new Attrs.Builder(made.size() + source.size() + 5);
    b.put(ev.symbols().of("outPath"), folder)
        .put(ev.symbols().of("inputs"), inputs)
        .put(ev.symbols().of("outputs"), outputs)
        .put(ev.symbols().of("sourceInfo"), tree)
        .put(ev.symbols().of("_type"), new Str("flake"));
    copy(source, b);
    copy(made, b);
    return b.build();
  }

  private Attrs inputs(LockNode node) {
    Attrs.Builder b = new Attrs.Builder(node.inputs().size());
    node.inputs()
        .forEach(
            (name, edge) ->
                b.put(
                    ev.symbols().of(name),
                    switch (edge) {
                      case LockNode.Child c -> values.get(c.node()).whole();
                      case LockNode.Follows f -> Thunk.of(() -> at(f.path()).whole());
                    }));
    return b.build();
  }

  private static void copy(Attrs from, Attrs.Builder to) {
    for (int i = 0; i < from.size(); i++) {
      to.put(from.name(i), from.value(i), from.pos(i));
    }
  }
}
