package org.buildchain.derivation.realise;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.realise.schedule.Jobs;
import org.buildchain.derivation.realise.schedule.Places;
import org.buildchain.derivation.realise.schedule.RankedPlaces;
import org.buildchain.derivation.realise.schedule.Signal;
import org.buildchain.derivation.realise.schedule.Turns;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.derivation.site.Substituter;
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
  private final Places places;
  private final ValidOutputs valid;
  private final SharedBuilds shared = new SharedBuilds();
  private final Signal freed = new Signal();

  /**
   * Builds for {@code store} on {@code site}; keeps no realisations that follow from derivations.
   */
  public Realiser(Store store, Derivations derivations, OutputPaths paths, BuildSite site) {
    this(store, derivations, paths, site, false);
  }

  /**
   * @param allRealisations whether realisations are recorded of outputs too whose paths follow from
   *     their derivation, as Nix does with the feature {@code ca-derivations}
   */
  public Realiser(
      Store store,
      Derivations derivations,
      OutputPaths paths,
      BuildSite site,
      boolean allRealisations) {
    this.store = store;
    this.derivations = derivations;
    this.paths = paths;
    this.site = site;
    this.places = new Places(site.jobs());
    this.valid = new ValidOutputs(store, derivations, paths, allRealisations);
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
    Fetches fetches = new Fetches(store, substituter, new HashSet<>(), new HashSet<>(), notes);
    return new Planned(
        planFor(requested, fetches, BuildMode.NORMAL).order().stream().map(g -> g.drvPath).toList(),
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
    try (Places.Extra _ = places.atLeast(settings.jobs())) {
      new Execution(
              plan,
              settings,
              listener,
              store.dir(),
              (goal, jobs) -> realise(goal, plan, settings, jobs, renamed(goal.drvPath, listener)))
          .run();
    }
    SortedMap<StorePath, SortedMap<String, StorePath>> realised = new TreeMap<>();
    for (Goal goal : plan.goals()) {
      if (goal.requested) {
        SortedMap<String, StorePath> outputs = Plan.wantedOutputs(goal);
        realised.put(goal.drvPath, outputs);
        record(goal, outputs);
      }
    }
    return Collections.unmodifiableSortedMap(realised);
  }

  /** Of what was valid before, too. */
  private void record(Goal goal, SortedMap<String, StorePath> outputs) {
    try {
      valid.record(goal.drv, outputs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Builds a derivation that needs no other one, whether or not it stands in the store. What it
   * says of its output paths is believed: the caller may give it only for who is trusted, or where
   * the paths follow from the content.
   *
   * @param drvPath what it is called
   * @return the paths of the outputs, all valid
   * @throws BuildException as {@link #realise} does
   */
  public SortedMap<String, StorePath> realiseResolved(
      StorePath drvPath, Derivation drv, BuildSettings settings, BuildEvent.Listener listener)
      throws InterruptedException {
    if (!drv.inputDerivations().isEmpty()) {
      throw new IllegalArgumentException(drvPath + " is not resolved");
    }
    requireValid(drvPath, drv.inputSources());
    try (Places.Extra _ = places.atLeast(settings.jobs())) {
      SingleBuild build =
          new SingleBuild(
              store,
              derivations,
              site,
              settings,
              BuildMode.NORMAL,
              drvPath,
              drv,
              drv.inputSources(),
              new Turns(new Jobs.Any(new RankedPlaces(settings.jobs()), 0), places, freed));
      SortedMap<String, StorePath> outputs = build(build, valid.of(drv), listener::on);
      listener.on(new BuildEvent.Finished(drvPath, outputs));
      return outputs;
    }
  }

  /** Fetches what can be had, and gives the plan for what must be built all the same. */
  private Plan fetch(
      Collection<DerivedPath> requested, BuildSettings settings, BuildEvent.Listener listener)
      throws InterruptedException {
    Set<StorePath> unavailable = new HashSet<>();
    Set<StorePath> failed = new HashSet<>();
    Consumer<String> notes = text -> listener.on(new BuildEvent.Note(text));
    while (true) {
      Fetches fetches = new Fetches(store, settings.substituter(), unavailable, failed, notes);
      Plan plan = planFor(requested, fetches, settings.mode());
      if (fetches.chosen().isEmpty()) {
        return plan;
      }
      listener.on(new BuildEvent.Fetching(fetches.chosen()));
      // Each round makes paths valid or unavailable.
      fetches.run(MAX_FETCHES);
      if (settings.fallback()) {
        failed.clear();
      }
    }
  }

  private Plan planFor(Collection<DerivedPath> requested, Fetches fetches, BuildMode mode)
      throws InterruptedException {
    Plan plan = new Plan(store, derivations, paths, fetches, mode);
    plan.add(requested);
    return plan;
  }

  private SortedMap<String, StorePath> realise(
      Goal goal, Plan plan, BuildSettings settings, Jobs jobs, Consumer<BuildEvent> events)
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
    BuildMode mode = goal.checked ? BuildMode.CHECK : BuildMode.NORMAL;
    SingleBuild build =
        new SingleBuild(
            store,
            derivations,
            site,
            settings,
            mode,
            drvPath,
            drv,
            inputs(drvPath, drv, plan),
            new Turns(jobs, places, freed));
    SortedMap<String, StorePath> outputs = build(build, goal.outputs, events);
    if (mode == BuildMode.NORMAL) {
      valid.record(goal.drv, outputs);
    }
    return outputs;
  }

  private SortedSet<StorePath> inputs(StorePath drvPath, Derivation drv, Plan plan) {
    SortedSet<StorePath> inputs = new TreeSet<>(drv.inputSources());
    for (Map.Entry<StorePath, SortedSet<String>> input : drv.inputDerivations().entrySet()) {
      for (String output : input.getValue()) {
        inputs.add(output(plan, input.getKey(), output));
      }
    }
    requireValid(drvPath, inputs);
    return inputs;
  }

  private void requireValid(StorePath drvPath, SortedSet<StorePath> inputs) {
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
  }

  /**
   * @param known the outputs that are valid already
   */
  private SortedMap<String, StorePath> build(
      SingleBuild build, SortedMap<String, StorePath> known, Consumer<BuildEvent> events)
      throws InterruptedException {
    Derivation drv = build.drv();
    StorePath key =
        drv.outputs().entrySet().stream()
            .flatMap(o -> o.getValue().path(store.dir(), drv.name(), o.getKey()).stream())
            .findFirst()
            .orElse(build.drvPath());
    String name = build.mode() + " " + build.drvPath();
    while (true) {
      Optional<SortedMap<String, StorePath>> present = present(build);
      if (present.isPresent()) {
        return present.get();
      }
      Optional<SortedMap<String, StorePath>> built =
          shared.run(
              key,
              name,
              new SharedBuilds.Caller(build.settings().terms(), build.turns().caller(), events),
              (e, jobs) -> runOnce(build.with(jobs), known, e));
      if (built.isPresent()) {
        return built.get();
      }
    }
  }

  /** The outputs, if they are there and that is enough. */
  private Optional<SortedMap<String, StorePath>> present(SingleBuild build) {
    if (build.mode() == BuildMode.CHECK) {
      return Optional.empty();
    }
    return Optional.of(valid.of(build.drv()))
        .filter(p -> p.keySet().containsAll(build.drv().outputs().keySet()));
  }

  private SortedMap<String, StorePath> runOnce(
      SingleBuild build, SortedMap<String, StorePath> known, Consumer<BuildEvent> events)
      throws InterruptedException {
    try {
      // Another caller may have built it between our looking and now.
      Optional<SortedMap<String, StorePath>> present = present(build);
      if (present.isPresent()) {
        return present.get();
      }
      SortedMap<String, StorePath> outputs = build.run(known, events);
      if (build.mode() == BuildMode.NORMAL) {
        valid.record(build.drv(), outputs);
      }
      // Which may ask for the realisations.
      build.runHook(outputs, events);
      return outputs;
    } catch (IOException e) {
      throw new BuildException(
          "recording what '" + store.dir().print(build.drvPath()) + "' made: " + e.getMessage(),
          1,
          e);
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
              case BuildEvent.Started s -> new BuildEvent.Started(drvPath, s.mode(), s.machine());
              case BuildEvent.LogLine l -> new BuildEvent.LogLine(drvPath, l.line());
              case BuildEvent.Phase p -> new BuildEvent.Phase(drvPath, p.phase());
              case BuildEvent.Message m -> new BuildEvent.Message(drvPath, m.text());
              case BuildEvent.HookLine h -> new BuildEvent.HookLine(drvPath, h.line());
              case BuildEvent.Planned _,
                  BuildEvent.Finished _,
                  BuildEvent.Failed _,
                  BuildEvent.Fetching _,
                  BuildEvent.Note _ ->
                  event;
            });
  }
}
