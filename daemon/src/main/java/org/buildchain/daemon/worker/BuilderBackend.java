package org.buildchain.daemon.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.derivation.site.Recursion;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.HeldPaths;
import org.buildchain.substituter.worker.WorkerService;

/**
 * A store as one builder sees it.
 *
 * @param whole the store itself
 * @param site where what the builder asks for is built
 */
record BuilderBackend(Backend whole, VisibleStore visible, BuildSite site) implements Backend {
  /** Listens for the programs of one builder. */
  static Recursion.Session open(Backend whole, VisibleStore visible, BuildSite site, Path socket)
      throws IOException {
    BuilderBackend backend = new BuilderBackend(whole, visible, site);
    WorkerListener listener =
        new WorkerListener(
            socket,
            new Peers(System.getProperty("user.name"), false),
            () -> backend,
            () -> Optional.of((AutoCloseable) () -> {}));
    Thread.ofVirtual().name("nix-accept").start(listener::serve);
    return new Recursion.Session() {
      @Override
      public SortedSet<StorePath> added() {
        return visible.added();
      }

      @Override
      public void close() {
        listener.close();
      }
    };
  }

  @Override
  public String version() {
    return whole.version();
  }

  @Override
  public Store store() {
    return visible;
  }

  @Override
  public DiskStore disk() {
    return whole.disk();
  }

  @Override
  public PathInfo importNar(ForeignObject said, InputStream nar) throws IOException {
    return visible.importNar(said, nar);
  }

  @Override
  public Realiser realiser(Settings settings) {
    Derivations derivations = new Derivations(visible);
    return new Realiser(
        visible,
        derivations,
        new OutputPaths(visible.dir(), derivations),
        site,
        settings.list("experimental-features").contains("ca-derivations"));
  }

  @Override
  public BuildLogs logs() {
    return whole.logs();
  }

  @Override
  public Path spool() {
    return whole.spool();
  }

  /** A builder is nobody's trusted user. */
  @Override
  public Settings settings() throws IOException {
    return whole.settings().with("trusted-users", "").with("allowed-users", "*");
  }

  /** What it fetches would come to be seen by other names than its own. */
  @Override
  public Substituter substituter(Settings settings) {
    return Substituter.NONE;
  }

  @Override
  public BuildSettings buildSettings(Settings settings, BuildMode mode) {
    return whole.buildSettings(settings.with("substitute", "false"), mode);
  }

  @Override
  public Mending mending(Settings settings, Consumer<String> notes, Consumer<String> errors) {
    throw new StoreException("builders may not repair paths");
  }

  @Override
  public Optional<String> seen(StorePath path, boolean repair) {
    return Optional.empty();
  }

  @Override
  public HeldPaths held() {
    return whole.held();
  }

  @Override
  public void addIndirectRoot(String user, Path link) {}

  @Override
  public void addPermanentRoot(String user, StorePath path, Path link) {}

  @Override
  public List<WorkerService.Root> roots() {
    return List.of();
  }

  @Override
  public Collected collect(CollectOptions options) {
    throw new StoreException("builders may not collect garbage");
  }

  @Override
  public ClientService client(String user, Settings settings) {
    return new BuilderService(this, settings);
  }
}
