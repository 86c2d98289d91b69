package org.buildchain.language.flake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.language.EvalHost;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.Registry;
import org.buildchain.language.host.HostReads;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;

/**
 * Finds out what a flake's inputs are: what the lock file says as far as it answers to what {@code
 * flake.nix} asks for, and what is there now for the rest. One thread, one use.
 */
final class Locker {
  /** A lock file may lead in a circle. */
  private static final int MAX_DEPTH = 200;

  /**
   * A flake with all its inputs.
   *
   * @param folders of the nodes that were fetched: the flake's, or the tree of what is no flake
   * @param changed whether the lock file says something else
   */
  record Locked(FlakeFile flake, LockNode root, Map<LockNode, String> folders, boolean changed) {}

  /**
   * A tree.
   *
   * @param resolved what the registries made of the reference
   */
  private record Fetched(FlakeRef resolved, FlakeRef locked, String folder) {}

  /**
   * What an outer flake or the user says of an input.
   *
   * @param folder that its relative paths start from
   * @param by the path of the flake; empty if it is the user
   */
  private record Override(FlakeInput input, String folder, Optional<List<String>> by) {}

  /**
   * How the inputs of a node are locked.
   *
   * @param path of the node from the root
   * @param old the node that locks are taken from
   * @param followsPrefix what paths that the old node follows start from
   * @param folder of the node's flake
   * @param trusted whether the inputs are those of the old node
   */
  private record Step(
      LockNode node,
      List<String> path,
      Optional<LockNode> old,
      List<String> followsPrefix,
      String folder,
      boolean trusted) {}

  private final Evaluator ev;
  private final boolean unlocked;
  private final LockOptions options;
  private final SortedMap<List<String>, Override> overrides = new TreeMap<>(LockFile::compare);
  private final SortedSet<List<String>> updates = new TreeSet<>(LockFile::compare);
  private final Set<List<String>> met = new HashSet<>();
  private final Map<FlakeRef, Fetched> fetched = new HashMap<>();
  private final Map<LockNode, String> folders = new IdentityHashMap<>();
  private final List<FlakeRef> parents = new ArrayList<>();

  /**
   * @param unlocked whether inputs may be fetched that nothing pins
   */
  Locker(Evaluator ev, boolean unlocked, LockOptions options) {
    this.ev = ev;
    this.unlocked = unlocked;
    this.options = options;
    options.updates().forEach(u -> updates.add(LockOptions.path(u)));
  }

  static List<String> append(List<String> path, String name) {
    List<String> out = new ArrayList<>(path);
    out.add(name);
    return List.copyOf(out);
  }

  /**
   * Locks a flake's inputs.
   *
   * @throws EvalException if one is malformed or cannot be fetched
   */
  Locked lock(FlakeRef ref) {
    return lock(ref, file(ref));
  }

  /** The flake itself. */
  FlakeFile file(FlakeRef ref) {
    return flake(ref, List.of());
  }

  /** As {@link #lock(FlakeRef)}, for a flake that was read already. */
  Locked lock(FlakeRef ref, FlakeFile flake) {
    String during = "while updating the lock file of flake '" + flake.locked() + "'";
    try {
      LockNode old =
          options
              .reference()
              .map(
                  r ->
                      r.text()
                          .map(text -> LockReader.read(ev, r.path(), text))
                          .orElseGet(LockNode::root))
              .orElseGet(() -> lockFile(flake));
      SortedMap<List<String>, FlakeRef> given = given();
      given.forEach(
          (path, to) ->
              overrides.put(
                  path, new Override(FlakeInput.of(to, true), flake.folder(), Optional.empty())));
      LockNode root = LockNode.root();
      folders.put(root, flake.folder());
      compute(
          flake.inputs(),
          new Step(
              root,
              List.of(),
              Optional.of(old).filter(o -> !options.recreate()),
              List.of(),
              flake.folder(),
              false));
      given.forEach(
          (path, to) -> {
            if (!met.contains(path)) {
              String flag = "--override-input " + String.join("/", path) + " " + to;
              warn("the flag '" + flag + "' does not match any input");
            }
          });
      for (List<String> path : updates) {
        if (!met.contains(path)) {
          warn("'" + String.join("/", path) + "' does not match any input of this flake");
        }
      }
      LockFile.check(root);
      boolean changed = new LockUpdate(ev, ref, options).from(old, root, flake, during);
      return new Locked(flake, root, folders, changed);
    } catch (EvalException e) {
      throw e.trace(Pos.NONE, during);
    } catch (InputException e) {
      throw EvalException.other(e.getMessage()).trace(Pos.NONE, during);
    }
  }

  /** What the user wants in the place of inputs. */
  private SortedMap<List<String>, FlakeRef> given() {
    SortedMap<List<String>, FlakeRef> given = new TreeMap<>(LockFile::compare);
    options
        .overrides()
        .forEach(
            o ->
                given.put(
                    LockOptions.path(o.input()),
                    FlakeRef.of(FlakeRefs.parse(o.flake(), true, true))));
    return given;
  }

  private void warn(String text) {
    ev.host().message(EvalHost.Level.WARNING, text);
  }

  private LockNode lockFile(FlakeFile flake) {
    String path = flake.lockFile();
    try {
      return ev.host().typeOf(path).isPresent()
          ? LockReader.read(ev, path, new HostReads(ev.host()).file(path))
          : LockNode.root();
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private Fetched fetch(FlakeRef ref) {
    Fetched known = fetched.get(ref);
    if (known == null) {
      FlakeRef resolved = resolve(ref);
      FetchedTree tree = Trees.fetch(ev, resolved.input());
      known =
          new Fetched(
              resolved,
              new FlakeRef(tree.input().with("__final", true), resolved.dir()),
              ev.host().storeDir().print(tree.path()));
      fetched.put(resolved, known);
      fetched.put(ref, known);
    }
    return known;
  }

  private FlakeRef resolve(FlakeRef ref) {
    if (!ref.input().isIndirect()) {
      return ref;
    }
    if (!unlocked) {
      throw EvalException.other(
          "'" + ref + "' is an indirect flake reference, but registry lookups are not allowed");
    }
    Registry.Resolved found = Trees.resolve(ev, ref.input());
    return new FlakeRef(found.input(), found.dir().orElse(ref.dir()));
  }

  /** A folder in a tree, which no {@code ..} leaves. */
  private static String inside(String tree, String dir) {
    return Paths.canonical(tree + Paths.canonical("/" + dir));
  }

  private FlakeFile flake(FlakeRef ref, List<String> path) {
    Fetched tree = fetch(ref);
    FlakeRef resolved = tree.resolved();
    return FlakeReader.read(
        ev, resolved, tree.locked(), inside(tree.folder(), resolved.dir()), path);
  }

  private void compute(SortedMap<String, FlakeInput> inputs, Step step) {
    if (step.path().size() > MAX_DEPTH) {
      throw EvalException.other("inputs of flakes are nested more than " + MAX_DEPTH + " deep");
    }
    inputs.forEach(
        (name, input) ->
            input
                .overrides()
                .forEach(
                    (inner, override) ->
                        overrides.putIfAbsent(
                            append(append(step.path(), name), inner),
                            new Override(override, step.folder(), Optional.of(step.path())))));
    for (List<String> path : overrides.keySet()) {
      if (path.subList(0, path.size() - 1).equals(step.path())
          && !inputs.containsKey(path.getLast())) {
        warn(
            "input '"
                + String.join("/", step.path())
                + "' has an override for a non-existent input '"
                + path.getLast()
                + "'");
      }
    }
    inputs.forEach(
        (name, input) -> {
          List<String> path = append(step.path(), name);
          String trace = "while updating the flake input '" + String.join("/", path) + "'";
          try {
            compute(name, input, path, step);
          } catch (EvalException e) {
            throw e.trace(Pos.NONE, trace);
          } catch (InputException e) {
            throw EvalException.other(e.getMessage()).trace(Pos.NONE, trace);
          }
        });
  }

  private void compute(String name, FlakeInput declared, List<String> path, Step step) {
    Optional<Override> override = Optional.ofNullable(overrides.get(path));
    boolean byUser = override.isPresent() && override.get().by().isEmpty();
    FlakeInput input = override.map(o -> o.input().asFlake(declared.isFlake())).orElse(declared);
    if (input.follows().isPresent()) {
      step.node().inputs().put(name, new LockNode.Follows(input.follows().get()));
      return;
    }
    met.add(path);
    FlakeRef ref = input.ref().orElseThrow();
    Optional<String> relative =
        ref.input()
            .relativePath()
            .map(p -> Paths.absolute(p, override.map(Override::folder).orElse(step.folder())));
    Optional<List<String>> parent =
        relative.flatMap(p -> override.map(Override::by).orElse(Optional.of(step.path())));
    Optional<LockNode> old =
        step.old()
            .filter(o -> !updates.contains(path))
            .map(o -> o.inputs().get(name))
            .flatMap(e -> e instanceof LockNode.Child c ? Optional.of(c.node()) : Optional.empty());
    Optional<LockNode.Lock> kept =
        old.flatMap(LockNode::lock)
            .filter(l -> !byUser && l.original().equals(ref) && l.parent().equals(parent));
    // Next time the flake's own word is compared with what was locked in its place.
    FlakeRef original = byUser ? declared.ref().orElse(ref) : ref;
    if (kept.isPresent()) {
      keep(name, path, step, old.get(), relative);
    } else {
      add(name, path, step, old, new Wanted(ref, original, input.isFlake(), relative, parent));
    }
  }

  private FlakeFile read(FlakeRef ref, Optional<String> relative, List<String> path) {
    return relative
        .map(p -> FlakeReader.read(ev, ref, ref, inside(p, ref.dir()), path))
        .orElseGet(() -> flake(ref, path));
  }

  /** An input that is locked already: it need not be fetched unless its inputs are in doubt. */
  private void keep(
      String name, List<String> path, Step step, LockNode old, Optional<String> relative) {
    LockNode node = new LockNode(old.lock());
    step.node().inputs().put(name, new LockNode.Child(node));
    Optional<SortedMap<String, FlakeInput>> inputs =
        isUpdatedBelow(path) ? Optional.empty() : lockedInputs(path, step, old);
    if (inputs.isPresent()) {
      compute(
          inputs.get(),
          new Step(node, path, Optional.of(old), step.followsPrefix(), step.folder(), true));
    } else {
      FlakeFile flake = read(old.lock().orElseThrow().locked(), relative, path);
      folders.put(node, flake.folder());
      compute(
          flake.inputs(),
          new Step(node, path, Optional.of(old), step.followsPrefix(), flake.folder(), false));
    }
  }

  /** Whether an input of the input at a path is locked anew. */
  private boolean isUpdatedBelow(List<String> path) {
    SortedSet<List<String>> from = updates.tailSet(path);
    return !from.isEmpty()
        && from.first().size() > path.size()
        && from.first().subList(0, path.size()).equals(path);
  }

  /** Empty if the old node follows what nobody says any more that it should. */
  private Optional<SortedMap<String, FlakeInput>> lockedInputs(
      List<String> path, Step step, LockNode old) {
    SortedMap<String, FlakeInput> out = new TreeMap<>();
    for (Map.Entry<String, LockNode.Edge> e : old.inputs().entrySet()) {
      switch (e.getValue()) {
        case LockNode.Child c -> {
          LockNode.Lock lock = c.node().lock().orElseThrow();
          out.put(e.getKey(), FlakeInput.of(lock.original(), lock.isFlake()));
        }
        case LockNode.Follows f -> {
          if (!step.trusted() && !overrides.containsKey(append(path, e.getKey()))) {
            return Optional.empty();
          }
          List<String> target = new ArrayList<>(step.followsPrefix());
          target.addAll(f.path());
          out.put(e.getKey(), FlakeInput.following(List.copyOf(target)));
        }
      }
    }
    return Optional.of(out);
  }

  /**
   * An input to be locked.
   *
   * @param original what the lock file says was asked for
   */
  private record Wanted(
      FlakeRef ref,
      FlakeRef original,
      boolean isFlake,
      Optional<String> relative,
      Optional<List<String>> parent) {}

  /** An input that no lock is known of. */
  private void add(
      String name, List<String> path, Step step, Optional<LockNode> old, Wanted wanted) {
    FlakeRef ref = wanted.ref();
    if (!unlocked && !ref.input().isLocked() && wanted.relative().isEmpty()) {
      throw EvalException.other(
          "cannot update unlocked flake input '" + String.join("/", path) + "' in pure mode");
    }
    if (!wanted.isFlake()) {
      Fetched tree =
          wanted.relative().map(p -> new Fetched(ref, ref, p)).orElseGet(() -> fetch(ref));
      LockNode node = put(name, step, wanted, tree.locked());
      folders.put(node, tree.folder());
      return;
    }
    FlakeFile flake = read(ref, wanted.relative(), path);
    LockNode node = put(name, step, wanted, flake.locked());
    if (parents.contains(ref)) {
      throw EvalException.other("found circular import of flake '" + ref + "'");
    }
    parents.add(ref);
    try {
      folders.put(node, flake.folder());
      compute(
          flake.inputs(),
          new Step(
              node,
              path,
              Optional.of(old.orElseGet(() -> lockFile(flake))),
              old.isPresent() ? step.followsPrefix() : path,
              flake.folder(),
              false));
    } finally {
      parents.removeLast();
    }
  }

  private static LockNode put(String name, Step step, Wanted wanted, FlakeRef locked) {
    LockNode node =
        new LockNode(
            Optional.of(
                new LockNode.Lock(locked, wanted.original(), wanted.isFlake(), wanted.parent())));
    step.node().inputs().put(name, new LockNode.Child(node));
    return node;
  }
}
