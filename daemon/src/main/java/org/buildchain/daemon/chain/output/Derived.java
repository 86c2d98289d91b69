package org.buildchain.daemon.chain.output;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.realise.Suitability;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.disk.RebuildStore;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;

/** A derivation of the store, as claims name it, and its outputs. */
public final class Derived {
  private final CommandContext context;
  private final Settings settings;
  private final StorePath drvPath;
  private final DiskStore store;
  private final Derivation drv;

  /**
   * A derivation of the daemon's store.
   *
   * @param settings by which it is built and compared
   * @throws org.buildchain.store.StoreException if the store does not have it
   */
  public Derived(CommandContext context, Settings settings, StorePath drvPath) {
    this.context = context;
    this.settings = settings;
    this.drvPath = drvPath;
    this.store = context.services().store();
    this.drv = new Derivations(store).apply(drvPath);
  }

  /** The CID of the derivation's store object. */
  public static Cid cid(DiskStore store, StorePath drvPath) {
    return store
        .query(drvPath)
        .map(i -> Cid.parse(i.object()))
        .orElseThrow(
            () -> new CommandException("path '" + store.dir().print(drvPath) + "' is not valid"));
  }

  /** How claims name the derivation. */
  public Word digest() {
    return Outputs.digest(cid(store, drvPath));
  }

  /** All outputs, built if they aren't there. */
  public SortedMap<String, Cid> build() throws InterruptedException {
    SortedMap<String, Cid> objects = new TreeMap<>();
    new Builds(context, settings, false)
        .realise(Set.of(new DerivedPath.Built(drvPath, new TreeSet<>(drv.outputs().keySet()))))
        .get(drvPath)
        .forEach((name, path) -> objects.put(name, cid(store, path)));
    return objects;
  }

  /** Whether this machine can build it. */
  public Suitability suitability() {
    return Suitability.of(
        drv,
        store.dir().print(drvPath),
        settings.text("system"),
        Set.copyOf(settings.list("extra-platforms")),
        Set.copyOf(settings.list("system-features")));
  }

  /** The paths of the outputs that are known. */
  Collection<StorePath> outputs() {
    return known().values();
  }

  /** All outputs as they are here; empty if one is not. */
  public Optional<SortedMap<String, Cid>> present() {
    SortedMap<String, Cid> objects = new TreeMap<>();
    known()
        .forEach(
            (name, path) ->
                store.query(path).ifPresent(i -> objects.put(name, Cid.parse(i.object()))));
    return objects.keySet().equals(drv.outputs().keySet())
        ? Optional.of(objects)
        : Optional.empty();
  }

  /**
   * What a rebuild gave.
   *
   * @param seconds that the builder ran, inputs not counted
   */
  public record Rebuilt(SortedMap<String, Cid> objects, long seconds) {}

  /**
   * All outputs, built from the inputs whatever is known of them: neither what the store holds is
   * used nor what substituters or remote builders have. Inputs may come from all of these.
   */
  public Rebuilt rebuild(long maxSeconds) throws IOException, InterruptedException {
    try (Store.Use _ = store.use()) {
      Set<DerivedPath> inputs = new LinkedHashSet<>();
      drv.inputDerivations()
          .forEach((input, outputs) -> inputs.add(new DerivedPath.Built(input, outputs)));
      if (!inputs.isEmpty()) {
        new Builds(context, settings, false).realise(inputs);
      }
      RebuildStore view =
          store.rebuilding(
              Set.copyOf(known().values()),
              new OutputBlocks(context.services().root(), settings)::keep);
      Settings alone =
          settings
              .with("substitute", "false")
              .with("builders", "")
              .with("timeout", Long.toString(Math.max(1, maxSeconds)));
      long start = System.nanoTime();
      SortedMap<String, Cid> objects = new TreeMap<>();
      new Builds(context, alone, false)
          .realise(
              Set.of(new DerivedPath.Built(drvPath, new TreeSet<>(drv.outputs().keySet()))),
              context.services().realiserIn(view))
          .get(drvPath)
          .forEach(
              (name, path) ->
                  objects.put(name, Cid.parse(view.query(path).orElseThrow().object())));
      return new Rebuilt(objects, (System.nanoTime() - start) / 1_000_000_000L);
    }
  }

  /** The outputs that the store may hold. */
  private Map<String, StorePath> known() {
    Map<String, StorePath> known = new TreeMap<>();
    drv.outputs()
        .forEach(
            (name, output) ->
                output.path(store.dir(), drv.name(), name).ifPresent(p -> known.put(name, p)));
    if (known.isEmpty()) {
      OutputPaths paths = new OutputPaths(store.dir(), new Derivations(store));
      paths
          .of(drv, true)
          .hashes()
          .forEach(
              (name, hash) ->
                  store
                      .realisation(new Store.RealisationId(hash, name))
                      .ifPresent(p -> known.put(name, p)));
    }
    return known;
  }
}
