package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * The derivation that writes the environment of another one's builder: the same inputs and
 * variables, and a script that sets itself up as that builder does. Source: Nix 2.26 manual, {@code
 * nix develop}.
 */
final class DevDerivation {
  /**
   * What was built.
   *
   * @param path of the environment in the store
   */
  record Built(StorePath path, DevEnvironment environment) {}

  /** As much as an environment may hold, in bytes. */
  private static final int MOST = 256 << 20;

  /** What the names of environments end in. */
  private static final String SUFFIX = "-env";

  private final CommandContext context;
  private final Builds builds;

  DevDerivation(CommandContext context, Builds builds) {
    this.context = context;
    this.builds = builds;
  }

  /**
   * Builds the environment of a derivation, if it is not there.
   *
   * @throws CommandException if its builder is not bash
   */
  Built build(StorePath drvPath) throws IOException, InterruptedException {
    DiskStore store = context.services().store();
    Derivations derivations = new Derivations(store);
    Derivation drv = derivations.apply(drvPath);
    if (!drv.builder().substring(drv.builder().lastIndexOf('/') + 1).equals("bash")) {
      throw new CommandException(
          "'bc develop' only works on derivations that use 'bash' as their builder; nix-shell takes"
              + " others ('bc link-nix-commands')");
    }
    StorePath script =
        store
            .addTexts(List.of(new Store.Text("environment.sh", script(), new TreeSet<>())))
            .getFirst();
    OutputPaths.Finished finished =
        new OutputPaths(store.dir(), derivations).finish(writing(drv, store, script));
    store.addTexts(List.of(finished.text()));
    SortedSet<String> names = new TreeSet<>(finished.derivation().outputs().keySet());
    SortedMap<String, StorePath> outputs =
        builds.realise(List.of(new DerivedPath.Built(finished.path(), names))).get(finished.path());
    for (StorePath path : outputs.values()) {
      Optional<Built> written = written(path);
      if (written.isPresent()) {
        return written.get();
      }
    }
    throw new CommandException("'" + store.dir().print(finished.path()) + "' wrote no environment");
  }

  /**
   * An environment that was built before, or that of what built an object.
   *
   * @throws CommandException if nobody knows what did
   */
  Built kept(StorePath object) throws IOException, InterruptedException {
    DiskStore store = context.services().store();
    if (object.name().endsWith(SUFFIX)) {
      return written(object)
          .orElseThrow(
              () ->
                  new CommandException("'" + store.dir().print(object) + "' holds no environment"));
    }
    return build(
        store
            .query(object)
            .flatMap(PathInfo::deriver)
            .filter(store::isValid)
            .orElseThrow(
                () ->
                    new CommandException(
                        "'" + store.dir().print(object) + "' does not have a known deriver")));
  }

  private Optional<Built> written(StorePath path) throws IOException {
    if (context.services().store().open(path) instanceof FileTree.Regular file && file.size() > 0) {
      try (InputStream in = file.open()) {
        String written = Octets.of(in.readNBytes(MOST));
        return Optional.of(new Built(path, DevEnvironment.parse(written)));
      }
    }
    return Optional.empty();
  }

  private static Derivation writing(Derivation drv, Store store, StorePath script) {
    String name = drv.name() + SUFFIX;
    SortedMap<String, String> env = new TreeMap<>(drv.env());
    // They are about the outputs of the other one.
    env.keySet()
        .removeAll(
            Set.of(
                "allowedReferences",
                "allowedRequisites",
                "disallowedReferences",
                "disallowedRequisites"));
    env.put("name", name);
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    drv.outputs().keySet().forEach(o -> outputs.put(o, new DerivationOutput.Deferred()));
    SortedSet<StorePath> sources = new TreeSet<>(drv.inputSources());
    sources.add(script);
    return new Derivation(
        name,
        outputs,
        drv.inputDerivations(),
        sources,
        drv.system(),
        drv.builder(),
        List.of(store.dir().print(script)),
        env,
        drv.dynamicInputs());
  }

  private static String script() throws IOException {
    try (InputStream in = DevDerivation.class.getResourceAsStream("environment.sh")) {
      if (in == null) {
        throw new IOException("environment.sh is missing");
      }
      return Octets.of(in.readAllBytes());
    }
  }
}
