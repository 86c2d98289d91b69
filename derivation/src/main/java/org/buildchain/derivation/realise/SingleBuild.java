package org.buildchain.derivation.realise;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.Placeholders;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.realise.outputs.NewOutputs;
import org.buildchain.derivation.realise.outputs.OutputComparison;
import org.buildchain.derivation.realise.outputs.OutputFiles;
import org.buildchain.derivation.realise.outputs.OutputRegistration;
import org.buildchain.derivation.realise.outputs.PostBuildHook;
import org.buildchain.derivation.realise.schedule.Jobs;
import org.buildchain.derivation.realise.schedule.Turns;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildExit;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * Runs the builder of one derivation, all of whose inputs are valid, here or on another machine,
 * and stores its outputs.
 *
 * @param mode whether the outputs are stored, or compared with those that are valid
 * @param drvPath of the derivation, resolved where that is needed
 * @param inputs the store objects that it needs; their closure is shown to the builder
 * @param turns limits how many builders run at a time
 */
record SingleBuild(
    Store store,
    Derivations derivations,
    BuildSite site,
    BuildSettings settings,
    BuildMode mode,
    StorePath drvPath,
    Derivation drv,
    SortedSet<StorePath> inputs,
    Turns turns) {

  private static final Hash ZERO = new Hash(HashAlgorithm.SHA256, new byte[32]);

  /** The same in other places. */
  SingleBuild with(Jobs jobs) {
    return new SingleBuild(
        store,
        derivations,
        site,
        settings,
        mode,
        drvPath,
        drv,
        inputs,
        new Turns(jobs, turns.machine(), turns.freed()));
  }

  /**
   * Builds.
   *
   * @param known the outputs that are valid already: what is checked is compared with them
   * @return the paths of the outputs, all valid
   * @throws BuildException if it fails; what was built before it may be valid all the same
   * @throws InterruptedException if interrupted; then nothing was stored
   */
  SortedMap<String, StorePath> run(SortedMap<String, StorePath> known, Consumer<BuildEvent> events)
      throws InterruptedException {
    String label = store.dir().print(drvPath);
    Attributes attributes = new Attributes(drv, label);
    // Its own: the caller for whom it began may leave while others wait for it.
    try (Store.Use _ = store.use()) {
      return run(label, attributes, known, events);
    } catch (IOException e) {
      throw new BuildException("building '" + label + "': " + describe(e), 1, e);
    } catch (UncheckedIOException e) {
      throw new BuildException("building '" + label + "': " + describe(e.getCause()), 1, e);
    }
  }

  private SortedMap<String, StorePath> run(
      String label,
      Attributes attributes,
      SortedMap<String, StorePath> known,
      Consumer<BuildEvent> events)
      throws IOException, InterruptedException {
    SortedMap<String, StorePath> scratch = new TreeMap<>();
    SortedSet<String> missing = new TreeSet<>();
    drv.outputs()
        .forEach(
            (name, output) -> {
              Optional<StorePath> fixed = output.path(store.dir(), drv.name(), name);
              StorePath path = fixed.orElseGet(() -> scratchPath(name));
              scratch.put(name, path);
              if (mode == BuildMode.CHECK || fixed.isEmpty() || !store.isValid(path)) {
                missing.add(name);
              }
            });
    if (missing.isEmpty()) {
      return Collections.unmodifiableSortedMap(scratch);
    }
    SortedSet<StorePath> closure = store.closure(inputs);
    Making making = new Making(label, attributes, known, scratch, missing, closure);
    if (isForOthers(attributes)) {
      RemoteAttempt attempt =
          new RemoteAttempt(this, attributes, isPossibleHere(attributes), closure, missing, events);
      switch (attempt.run()) {
        case RemoteAttempt.Result.Built built -> {
          SortedMap<String, StorePath> outputs = new TreeMap<>(scratch);
          outputs.putAll(built.outputs());
          return outputs;
        }
        case RemoteAttempt.Result.Here here -> {
          return here(making, here.turn(), events);
        }
      }
    }
    return here(making, Optional.empty(), events);
  }

  /**
   * A build that is to be run.
   *
   * @param known the outputs that are valid already
   * @param scratch where each output is made
   * @param missing the outputs to be made
   * @param closure of the inputs
   */
  private record Making(
      String label,
      Attributes attributes,
      SortedMap<String, StorePath> known,
      SortedMap<String, StorePath> scratch,
      SortedSet<String> missing,
      SortedSet<StorePath> closure) {}

  /**
   * Builds on this machine.
   *
   * @param held what {@link #turns} would give, if it is held already; it is given back
   */
  private SortedMap<String, StorePath> here(
      Making m, Optional<Turns.Turn> held, Consumer<BuildEvent> events)
      throws IOException, InterruptedException {
    try {
      requireThisMachine(m.label(), m.attributes());
      return hereInTurn(m, held, events);
    } finally {
      held.ifPresent(Turns.Turn::close);
    }
  }

  private SortedMap<String, StorePath> hereInTurn(
      Making m, Optional<Turns.Turn> held, Consumer<BuildEvent> events)
      throws IOException, InterruptedException {
    SortedMap<String, String> placeholders = new TreeMap<>();
    m.scratch()
        .forEach(
            (name, path) -> placeholders.put(Placeholders.ofOutput(name), store.dir().print(path)));
    SortedMap<String, String> hostPaths = HostPaths.of(m.label(), m.attributes(), settings);
    Rewrites rewrites = new Rewrites(placeholders);
    BuildEnvironment environment =
        BuildEnvironment.of(
            drv,
            m.attributes(),
            rewrites,
            new ReferencesGraph(store, derivations, m.closure()),
            store.dir().path(),
            settings);
    BuildFolders folders = BuildFolders.create(site.buildRoot(), drvPath.name());
    boolean keep = false;
    try (Recursive recursive = Recursive.of(site, m.attributes(), folders, m.closure())) {
      folders.write(environment.files());
      keep = settings.keepFailed() && !drv.isBuiltin();
      SortedMap<String, FileTree> trees;
      if (drv.isBuiltin()) {
        held.ifPresent(Turns.Turn::close);
        trees = runBuiltin(m.label(), new InputFiles(store, m.closure()), folders, events);
      } else {
        BuildJob job =
            new BuildJob(
                m.label(),
                drv.builder(),
                drv.args().stream().map(rewrites::apply).toList(),
                recursive.in(environment.env()),
                store.dir().path(),
                names(m.closure()),
                site.inputRoot(),
                names(new TreeSet<>(m.scratch().values())),
                folders.outputs(),
                folders.build(),
                BuildEnvironment.BUILD_DIR,
                hostPaths,
                hasNetwork(),
                settings.limits());
        runBuilder(m.label(), job, held, events);
        trees =
            OutputFiles.trees(m.label(), m.missing(), m.scratch(), store.dir(), folders.outputs());
      }
      OutputRegistration.Keeper keeper =
          mode == BuildMode.CHECK
              ? new OutputComparison(
                  store,
                  site.checkRoot(),
                  site.inputRoot(),
                  settings,
                  m.label(),
                  m.known(),
                  m.scratch(),
                  folders.outputs(),
                  folders.build(),
                  line -> events.accept(new BuildEvent.Message(drvPath, line)))
              : new NewOutputs(store, drvPath);
      SortedMap<String, StorePath> outputs =
          new OutputRegistration(
                  store,
                  drvPath,
                  drv,
                  m.attributes(),
                  mode,
                  m.scratch(),
                  recursive.with(m.closure()),
                  keeper)
              .run(trees);
      keep = false;
      return outputs;
    } catch (InterruptedException e) {
      keep = false;
      throw e;
    } finally {
      dispose(folders, keep, events);
    }
  }

  /** What goes wrong in it is told as if it had been a process, as in Nix. */
  private SortedMap<String, FileTree> runBuiltin(
      String label, InputFiles files, BuildFolders folders, Consumer<BuildEvent> events)
      throws IOException, InterruptedException {
    events.accept(new BuildEvent.Started(drvPath, mode));
    LogLines lines = new LogLines(drvPath, settings.logLines(), events);
    try (OutputStream log = site.logs().create(drvPath)) {
      Consumer<String> print =
          text -> {
            byte[] bytes = Octets.bytes(text + "\n");
            lines.write(bytes, 0, bytes.length);
            try {
              log.write(bytes);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      try {
        FileTree out = new BuiltinBuilders(site, settings, drv, files, folders, print).run();
        return new TreeMap<>(Map.of("out", out));
      } catch (BuildException | FormatException | StoreException e) {
        print.accept("error: " + e.getMessage());
      } catch (IOException e) {
        print.accept("error: " + describe(e));
      }
    }
    throw Failures.of(label, outputNames(), new BuildExit.Exited(1), !hasNetwork(), lines);
  }

  private String outputNames() {
    return String.join(",", drv.outputs().keySet());
  }

  /** Runs the program that the settings name for after a build, if they do. */
  void runHook(SortedMap<String, StorePath> outputs, Consumer<BuildEvent> events)
      throws IOException, InterruptedException {
    PostBuildHook.run(
        settings,
        store.dir().print(drvPath),
        printed(outputs.values()),
        line -> hook(line, events));
  }

  private void hook(String line, Consumer<BuildEvent> events) {
    events.accept(new BuildEvent.HookLine(drvPath, line));
  }

  private List<String> printed(Collection<StorePath> paths) {
    return paths.stream().sorted().distinct().map(store.dir()::print).toList();
  }

  /** The builder runs when it is its turn; its sandbox is made ready before. */
  private void runBuilder(
      String label, BuildJob job, Optional<Turns.Turn> held, Consumer<BuildEvent> events)
      throws IOException, InterruptedException {
    LogLines lines = new LogLines(drvPath, settings.logLines(), events);
    BuildExit exit;
    try (OutputStream log = site.logs().create(drvPath)) {
      exit =
          site.builder()
              .run(
                  job,
                  (buffer, offset, length) -> {
                    lines.write(buffer, offset, length);
                    try {
                      log.write(buffer, offset, length);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  },
                  () -> {
                    Turns.Turn turn = held.isPresent() ? held.get() : turns.take();
                    events.accept(new BuildEvent.Started(drvPath, mode));
                    return turn;
                  });
    }
    lines.end();
    if (!(exit instanceof BuildExit.Exited e && e.status() == 0)) {
      throw Failures.of(label, outputNames(), exit, !hasNetwork(), lines);
    }
  }

  /** A failure to clean up must not hide how the build ended; what stays is removed at a start. */
  private void dispose(BuildFolders folders, boolean keep, Consumer<BuildEvent> events) {
    try {
      if (keep) {
        String text = "note: keeping build directory '" + folders.keepBuild() + "'";
        events.accept(new BuildEvent.Message(drvPath, text));
      } else {
        folders.delete();
      }
    } catch (IOException e) {
      events.accept(
          new BuildEvent.Message(
              drvPath, "warning: cannot remove '" + folders.top() + "': " + describe(e)));
    }
  }

  /** Whether other machines are asked first. */
  private boolean isForOthers(Attributes attributes) {
    return mode == BuildMode.NORMAL
        && settings.remote().places() > 0
        && !(attributes.flag("preferLocalBuild", false) && isPossibleHere(attributes));
  }

  private boolean isPossibleHere(Attributes attributes) {
    return suits(attributes.requiredSystemFeatures()) && (settings.jobs() > 0 || drv.isBuiltin());
  }

  private boolean suits(SortedSet<String> features) {
    return Suitability.of(
            drv, features, settings.system(), settings.extraPlatforms(), settings.systemFeatures())
        .fits();
  }

  private void requireThisMachine(String label, Attributes attributes) {
    SortedSet<String> features = attributes.requiredSystemFeatures();
    if (!suits(features)) {
      throw new BuildException(
          "a '"
              + drv.system()
              + "' with features {"
              + String.join(", ", features)
              + "} is required to build '"
              + label
              + "', but I am a '"
              + settings.system()
              + "' with features {"
              + String.join(", ", settings.systemFeatures())
              + "}");
    }
    if (settings.jobs() == 0 && !drv.isBuiltin()) {
      throw new BuildException(
          "Unable to start any build;"
              + BuildException.INDENT
              + "either increase '--max-jobs' or enable remote builds.");
    }
    if (attributes.flag("__noChroot", false)) {
      throw new BuildException(
          "derivation '"
              + label
              + "' has '__noChroot' set, but that's not allowed when 'sandbox' is 'true'");
    }
  }

  private boolean hasNetwork() {
    return drv.kind() == Derivation.Kind.FIXED || drv.kind() == Derivation.Kind.IMPURE;
  }

  /** A path for an output whose own is not known yet: {@code makeFallbackPath} of Nix 2.26. */
  private StorePath scratchPath(String output) {
    return store
        .dir()
        .make(
            "rewrite:" + drvPath + ":name:" + output,
            ZERO,
            StoreDir.outputPathName(drv.name(), output));
  }

  private static SortedSet<String> names(SortedSet<StorePath> paths) {
    SortedSet<String> names = new TreeSet<>();
    paths.forEach(p -> names.add(p.toString()));
    return names;
  }

  private static String describe(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
