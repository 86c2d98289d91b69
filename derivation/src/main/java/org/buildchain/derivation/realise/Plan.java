package org.buildchain.derivation.realise;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;

/**
 * Finds out what must be built or fetched for a request: nothing below what is valid, or can be
 * fetched, is looked at.
 */
final class Plan {
  private record Want(StorePath drvPath, Set<String> outputs, Optional<Goal> dependent) {}

  private final Store store;
  private final Derivations derivations;
  private final OutputPaths paths;
  private final ValidOutputs valid;
  private final Map<StorePath, Goal> goals = new LinkedHashMap<>();
  private final Deque<Want> wants = new ArrayDeque<>();
  private final Set<Goal> undecided = new LinkedHashSet<>();
  private final Fetches fetches;
  private final BuildMode mode;

  /**
   * @param mode what is done with what is asked for
   */
  Plan(Store store, Derivations derivations, OutputPaths paths, Fetches fetches, BuildMode mode) {
    this.store = store;
    this.derivations = derivations;
    this.paths = paths;
    this.valid = new ValidOutputs(store, derivations, paths, false);
    this.fetches = fetches;
    this.mode = mode;
  }

  /**
   * @throws BuildException if something is asked for that cannot be had
   */
  void add(Collection<DerivedPath> requested) throws InterruptedException {
    List<StorePath> opaque = new ArrayList<>();
    for (DerivedPath path : requested) {
      switch (path) {
        case DerivedPath.Opaque o -> opaque.add(o.path());
        case DerivedPath.Built b -> want(b.derivation(), b.outputs(), Optional.empty());
      }
    }
    fetches.ask(opaque);
    for (StorePath path : opaque) {
      if (!store.isValid(path) && !fetches.choose(path)) {
        throw new BuildException(
            "path '"
                + store.dir().print(path)
                + "' is required, but there is no substituter that can build it");
      }
    }
    settle();
    if (mode == BuildMode.CHECK) {
      check();
      settle();
    }
    for (Goal goal : goals.values()) {
      if (goal.state != Goal.State.VALID) {
        for (Goal input : goal.inputs) {
          if (input.state != Goal.State.VALID) {
            goal.unfinishedInputs++;
            input.dependents.add(goal);
          }
        }
      }
    }
  }

  private void settle() throws InterruptedException {
    while (!wants.isEmpty()) {
      while (!wants.isEmpty()) {
        take(wants.pop());
      }
      decide();
    }
  }

  /** Builds again what was asked for, unless it is to be fetched first. */
  private void check() {
    for (Goal goal : List.copyOf(goals.values())) {
      if (!goal.requested) {
        continue;
      }
      if (goal.expanded) {
        throw new BuildException(
            "some outputs of '"
                + store.dir().print(goal.drvPath)
                + "' are not valid, so checking is not possible");
      }
      if (goal.outputs.keySet().containsAll(goal.wanted)) {
        goal.checked = true;
        expand(goal);
      }
    }
  }

  Collection<Goal> goals() {
    return goals.values();
  }

  Goal goal(StorePath drvPath) {
    return goals.get(drvPath);
  }

  /** What is to be built, each after its inputs; the heights are right then. */
  List<Goal> order() {
    Comparator<Goal> byPath = Comparator.comparing(g -> g.drvPath);
    Set<Goal> seen = new HashSet<>();
    List<Goal> order = new ArrayList<>();
    // As Nix lists them: by their paths, and before each what it needs.
    Deque<Iterator<Goal>> within = new ArrayDeque<>();
    Deque<Goal> entered = new ArrayDeque<>();
    within.push(goals.values().stream().sorted(byPath).iterator());
    while (!within.isEmpty()) {
      if (within.peek().hasNext()) {
        Goal goal = within.peek().next();
        if (goal.state != Goal.State.VALID && seen.add(goal)) {
          entered.push(goal);
          within.push(goal.inputs.stream().sorted(byPath).iterator());
        }
      } else {
        within.pop();
        if (!entered.isEmpty()) {
          order.add(entered.pop());
        }
      }
    }
    for (Goal goal : order.reversed()) {
      goal.height = 1;
      for (Goal dependent : goal.dependents) {
        goal.height = Math.max(goal.height, dependent.height + 1);
      }
    }
    return order;
  }

  private void want(StorePath drvPath, Set<String> outputs, Optional<Goal> dependent) {
    wants.push(new Want(drvPath, outputs, dependent));
  }

  private void take(Want want) {
    Goal goal = goals.get(want.drvPath());
    if (goal == null) {
      goal = open(want);
      goals.put(want.drvPath(), goal);
    }
    goal.requested |= want.dependent().isEmpty();
    for (String output : want.outputs()) {
      if (!goal.drv.outputs().containsKey(output)) {
        throw new BuildException(
            want.dependent().isPresent()
                ? "derivation '"
                    + store.dir().print(want.dependent().get().drvPath)
                    + "' requires non-existent output '"
                    + output
                    + "' from input derivation '"
                    + store.dir().print(want.drvPath())
                    + "'"
                : "derivation '"
                    + store.dir().print(want.drvPath())
                    + "' does not have wanted outputs '"
                    + output
                    + "'");
      }
    }
    goal.wanted.addAll(want.outputs().isEmpty() ? goal.drv.outputs().keySet() : want.outputs());
    if (want.dependent().isPresent()) {
      Goal dependent = want.dependent().get();
      dependent.inputs.add(goal);
      if (goal.drv.kind() == Derivation.Kind.IMPURE
          && dependent.drv.kind() != Derivation.Kind.IMPURE
          && dependent.drv.kind() != Derivation.Kind.FIXED) {
        throw new BuildException(
            "pure derivation '"
                + store.dir().print(dependent.drvPath)
                + "' depends on impure derivation '"
                + store.dir().print(goal.drvPath)
                + "'");
      }
    }
    if (!goal.expanded && !goal.outputs.keySet().containsAll(goal.wanted)) {
      undecided.add(goal);
    }
  }

  /** Builds those of the goals that can't be fetched. Asks for all of them at once. */
  private void decide() throws InterruptedException {
    Map<Goal, List<StorePath>> lacking = new LinkedHashMap<>();
    for (Goal goal : undecided) {
      lacking.put(goal, lacking(goal));
    }
    fetches.ask(lacking.values().stream().flatMap(List::stream).toList());
    for (Goal goal : undecided) {
      boolean fetched =
          !lacking.get(goal).isEmpty() && lacking.get(goal).stream().allMatch(fetches::choose);
      if (!fetched) {
        if (lacking.get(goal).stream().anyMatch(fetches::mustBeFetched)) {
          throw new BuildException(
              "some substitutes for the outputs of derivation '"
                  + store.dir().print(goal.drvPath)
                  + "' failed (usually happens due to networking issues); try '--fallback' to build"
                  + " derivation from source ");
        }
        expand(goal);
      } else if (lacking.get(goal).stream().anyMatch(store::isValid)) {
        // Somebody else has built it since it was looked at.
        goal.outputs.putAll(valid.of(goal.drv));
      }
    }
    undecided.clear();
  }

  /** The wanted outputs that are not valid; none if they may not, or can't, be fetched. */
  private List<StorePath> lacking(Goal goal) throws InterruptedException {
    if (!new Attributes(goal.drv, store.dir().print(goal.drvPath)).flag("allowSubstitutes", true)) {
      return List.of();
    }
    List<StorePath> lacking = new ArrayList<>();
    for (String output : goal.wanted) {
      if (!goal.outputs.containsKey(output)) {
        Optional<StorePath> path =
            goal.drv.outputs().get(output).path(store.dir(), goal.drv.name(), output);
        if (path.isEmpty()) {
          path = realisedElsewhere(goal, output);
        }
        if (path.isEmpty()) {
          return List.of();
        }
        if (goal.drv.outputs().get(output) instanceof DerivationOutput.Fixed fixed) {
          fetches.address(path.get(), fixed.address());
        }
        lacking.add(path.get());
      }
    }
    return lacking;
  }

  /** What others say that an output became; once that is valid it is so here, too. */
  private Optional<StorePath> realisedElsewhere(Goal goal, String output)
      throws InterruptedException {
    if (goal.drv.kind() == Derivation.Kind.IMPURE) {
      return Optional.empty();
    }
    Hash modulo = paths.of(goal.drv, true).hashes().get(output);
    Store.RealisationId id = new Store.RealisationId(modulo, output);
    Optional<StorePath> path = fetches.realisation(id);
    if (path.isPresent() && store.isValid(path.get())) {
      try {
        fetches.recordRealised(id);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      goal.outputs.put(output, path.get());
    }
    return path;
  }

  private Goal open(Want want) {
    StorePath drvPath = want.drvPath();
    if (!store.isValid(drvPath)) {
      throw new BuildException(
          "cannot build missing derivation '" + store.dir().print(drvPath) + "'");
    }
    try {
      Goal goal = new Goal(drvPath, derivations.apply(drvPath));
      goal.outputs.putAll(valid.of(goal.drv));
      return goal;
    } catch (FormatException e) {
      throw new BuildException(e.getMessage(), 1, e);
    }
  }

  private void expand(Goal goal) {
    goal.expanded = true;
    if (!goal.drv.dynamicInputs().isEmpty()) {
      // The words of Nix, which does not either.
      throw new BuildException(
          "Building dynamic derivations in one shot is not yet implemented: '"
              + store.dir().print(goal.drvPath)
              + "' needs outputs of a derivation that another one has yet to build");
    }
    goal.state = Goal.State.WAITING;
    // Whoever stored it may have lied about its paths, to have other content under them.
    try {
      paths.check(goal.drvPath, goal.drv);
    } catch (FormatException e) {
      throw new BuildException(e.getMessage(), 1, e);
    }
    for (Map.Entry<StorePath, SortedSet<String>> input : goal.drv.inputDerivations().entrySet()) {
      want(input.getKey(), input.getValue(), Optional.of(goal));
    }
  }

  /** Whether the path of an input's output was not known when the derivation was made. */
  static boolean hasUnknownInput(Goal goal) {
    for (Goal input : goal.inputs) {
      for (DerivationOutput output : input.drv.outputs().values()) {
        if (!(output instanceof DerivationOutput.InputAddressed)
            && !(output instanceof DerivationOutput.Fixed)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The outputs of a goal that were asked for. */
  static SortedMap<String, StorePath> wantedOutputs(Goal goal) {
    SortedMap<String, StorePath> outputs = new TreeMap<>(goal.outputs);
    outputs.keySet().retainAll(goal.wanted);
    return outputs;
  }
}
