package org.buildchain.derivation.realise;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;

/**
 * Makes store objects valid by building derivations: independent ones in parallel, each once
 * however many ask for it at the same time. Thread-safe; one for a store.
 */
public final class Realiser {
  private static final int MAX_FETCHES = 16;

  private final Store store;
  private final Derivations derivations;
  private final OutputPaths paths;
  private final BuildSite site;
  private final Semaphore jobs;
  private final ValidOutputs valid;
  private final SharedBuilds shared = new SharedBuilds();

  public Realiser(Store store, Derivations derivations, OutputPaths paths, BuildSite site) {
    this.store = store;
    this.derivations = derivations;
    this.paths = paths;
    this.site = site;
    this.jobs = new Semaphore(site.jobs());
    this.valid = new ValidOutputs(store, paths);
  }

  /**
   * What {@link #realise} would do now.
   *
   * @param builds the derivations, each after its inputs. More may turn out to be valid once
   *     content-addressed ones among them are built
   * @param fetches the paths that others have, each after what it refers to
   */
  public record Planned(List<StorePath> builds, List<Substituter.Offer> fetches) {
    /** Whether nothing is to be done. */
    public boolean isEmpty() {
      return builds.isEmpty() && fetches.isEmpty();
    }
  }

  /**
   * What {@link #realise} would do now.
   *
   * @param notes takes lines for the user, from several threads
   * @throws BuildException as {@link #realise} does before it builds
   */
  public Planned plan(
      Collection<DerivedPath> requested, Substituter substituter, Consumer<String> notes)
      throws InterruptedException {
    Fetches fetches = new Fetches(store, substituter, new HashSet<>(), notes);
    return new Planned(
        planFor(requested, fetches).order().stream().map(g -> g.drvPath).toList(),
        fetches.chosen());
  }

  /**
   * Makes everything requested valid. If the calling thread is interrupted, builds that nobody else
   * waits for are stopped, and none of their outputs is registered.
   *
   * @return for each derivation requested the paths of the outputs requested
   * @throws BuildException if something cannot be built or its build fails. The message is Nix's;
   *     lines after the first are indented to stand behind {@code error: }
   */
  public SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      Collection<DerivedPath> requested, BuildSettings settings, BuildEvent.Listener listener)
      throws InterruptedException {
    Plan plan = fetch(requested, settings, listener);
    new Execution(
            plan,
            settings,
            listener,
            store.dir(),
            goal -> realise(goal, plan, settings, renamed(goal.drvPath, listener)))
        .run();
    SortedMap<StorePath, SortedMap<String, StorePath>> realised = new TreeMap<>();
    for (Goal goal : plan.goals()) {
      if (goal.requested) {
        realised.put(goal.drvPath, Plan.wantedOutputs(goal));
      }
    }
    return Collections.unmodifiableSortedMap(realised);
  }

  /** Fetches what can be had, and gives the plan for what must be built all the same. */
  private Plan fetch(
      Collection<DerivedPath> requested, BuildSettings settings, BuildEvent.Listener listener)
      throws InterruptedException {
    Set<StorePath> unavailable = new HashSet<>();
    Consumer<String> notes = text -> listener.on(new BuildEvent.Note(text));
    while (true) {
      Fetches fetches = new Fetches(store, settings.substituter(), unavailable, notes);
      Plan plan = planFor(requested, fetches);
      if (fetches.chosen().isEmpty()) {
        return plan;
      }
      listener.on(new BuildEvent.Fetching(fetches.chosen()));
      // Each round makes paths valid or unavailable.
      fetches.run(MAX_FETCHES);
    }
  }

  private Plan planFor(Collection<DerivedPath> requested, Fetches fetches)
      throws InterruptedException {
    Plan plan = new Plan(store, derivations, paths, fetches);
    plan.add(requested);
    return plan;
  }

  private SortedMap<String, StorePath> realise(
      Goal goal, Plan plan, BuildSettings settings, Consumer<BuildEvent> events)
      throws InterruptedException, IOException {
    StorePath drvPath = goal.drvPath;
    Derivation drv = goal.drv;
    if (Resolution.isNeeded(drv, Plan.hasUnknownInput(goal))) {
      OutputPaths.Finished resolved =
          Resolution.resolve(
              drv, (input, output) -> output(plan, input, output), paths, store.dir());
      store.addTexts(List.of(resolved.text()));
      drvPath = resolved.path();
      drv = resolved.derivation();
      derivations.remember(drvPath, drv);
    }
    SortedMap<String, StorePath> outputs = build(drvPath, drv, plan, settings, events);
    valid.record(goal.drv, outputs);
    return outputs;
  }

  private SortedMap<String, StorePath> build(
      StorePath drvPath,
      Derivation drv,
      Plan plan,
      BuildSettings settings,
      Consumer<BuildEvent> events)
      throws InterruptedException {
    SortedSet<StorePath> inputs = new TreeSet<>(drv.inputSources());
    for (Map.Entry<StorePath, SortedSet<String>> input : drv.inputDerivations().entrySet()) {
      for (String output : input.getValue()) {
        inputs.add(output(plan, input.getKey(), output));
      }
    }
    for (StorePath input : inputs) {
      if (!store.isValid(input)) {
        throw new BuildException(
            "dependency '"
                + store.dir().print(input)
                + "' of '"
                + store.dir().print(drvPath)
                + "' does not exist, and substitution is disabled");
      }
    }
    SingleBuild build = new SingleBuild(store, derivations, site, settings, drvPath, drv, inputs);
    StorePath key =
        drv.outputs().entrySet().stream()
            .flatMap(o -> o.getValue().path(store.dir(), drv.name(), o.getKey()).stream())
            .findFirst()
            .orElse(drvPath);
    while (true) {
      SortedMap<String, StorePath> present = valid.of(drv);
      if (present.keySet().containsAll(drv.outputs().keySet())) {
        return present;
      }
      Optional<SortedMap<String, StorePath>> built =
          shared.run(key, drvPath, events, e -> runWithPlace(build, drv, e));
      if (built.isPresent()) {
        return built.get();
      }
    }
  }

  private SortedMap<String, StorePath> runWithPlace(
      SingleBuild build, Derivation drv, Consumer<BuildEvent> events) throws InterruptedException {
    jobs.acquire();
    try {
      // Another caller may have built it between our looking and now.
      SortedMap<String, StorePath> present = valid.of(drv);
      if (present.keySet().containsAll(drv.outputs().keySet())) {
        return present;
      }
      SortedMap<String, StorePath> outputs = build.run(events);
      valid.record(drv, outputs);
      return outputs;
    } catch (IOException e) {
      throw new BuildException(
          "recording what '" + store.dir().print(build.drvPath()) + "' made: " + e.getMessage(),
          1,
          e);
    } finally {
      jobs.release();
    }
  }

  private static StorePath output(Plan plan, StorePath drvPath, String output) {
    return Optional.ofNullable(plan.goal(drvPath).outputs.get(output))
        .orElseThrow(() -> new IllegalStateException(drvPath + "!" + output + " is not built"));
  }

  /** Gives events of the resolved derivation the name of the one that was asked for. */
  private static Consumer<BuildEvent> renamed(StorePath drvPath, BuildEvent.Listener listener) {
    return event ->
        listener.on(
            switch (event) {
              case BuildEvent.Started _ -> new BuildEvent.Started(drvPath);
              case BuildEvent.LogLine l -> new BuildEvent.LogLine(drvPath, l.line());
              case BuildEvent.Phase p -> new BuildEvent.Phase(drvPath, p.phase());
              case BuildEvent.Message m -> new BuildEvent.Message(drvPath, m.text());
              case BuildEvent.Planned _,
                  BuildEvent.Finished _,
                  BuildEvent.Failed _,
                  BuildEvent.Fetching _,
                  BuildEvent.Note _ ->
                  event;
            });
  }
}
