package org.buildchain.daemon.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.daemon.host.archive.BuiltinArchives;
import org.buildchain.daemon.host.download.UrlDownloads;
import org.buildchain.daemon.remote.MachinesInUse;
import org.buildchain.daemon.remote.RemoteMachines;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.daemon.settings.SettingsLoader;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.derivation.site.Builder;
import org.buildchain.derivation.site.OutputDiffer;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.sandbox.HostBuilder;
import org.buildchain.sandbox.SandboxBuilder;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.checkout.CheckedOutStore;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.HeldPaths;
import org.buildchain.store.posix.Posix;
import org.buildchain.substituter.fetch.Caches;
import org.buildchain.substituter.worker.WorkerService;

/** A store in the folders that Nix would use, its objects plain files. */
final class PlainBackend implements Backend, AutoCloseable {
  private static final int NAME_LENGTH = 32;
  private static final String LOCK = ".lock";
  private static final String RECURSIVE = "recursive-nix";

  /** The version whose protocol is spoken, for clients that compare versions. */
  private static final String NIX_VERSION = "2.26.3";

  private final NixFolders folders;
  private final DiskStore disk;
  private final CheckedOutStore store;
  private final BuildLogs logs;
  private final BuildSite sandboxedSite;
  private final BuildSite unsandboxedSite;
  private final Realiser sandboxed;
  private final Realiser unsandboxed;
  private final NixRoots roots;
  private final MachinesInUse machinesInUse = new MachinesInUse();
  private final HeldPaths held = new HeldPaths();
  private final HostBuilder hostBuilder = new HostBuilder();
  private final Caches caches;
  private final Object identity;

  /** Opens the store, which is empty where there is none. */
  PlainBackend(NixFolders folders, Settings settings) throws IOException {
    this.folders = folders;
    makeFolders(folders);
    StoreDir dir = new StoreDir(Octets.fromText(folders.store().toString()));
    this.disk = new DiskStore(folders.own(), dir, Clock.systemUTC());
    this.store = new CheckedOutStore(disk);
    this.logs = BuildLogs.plain(folders.log());
    Path builds = folders.own().resolve("builds");
    Posix.removeTree(Octets.fromText(builds.toString()));
    Files.createDirectories(builds);
    Derivations derivations = new Derivations(store);
    OutputPaths paths = new OutputPaths(dir, derivations);
    Builder sandbox =
        new SandboxBuilder(Path.of(System.getProperty("bc.native", "native"), "bc-sandbox"));
    this.sandboxedSite = site(sandbox, builds, settings);
    this.unsandboxedSite = site(hostBuilder, builds, settings);
    boolean all = settings.list("experimental-features").contains("ca-derivations");
    this.sandboxed = new Realiser(store, derivations, paths, sandboxedSite, all);
    this.unsandboxed = new Realiser(store, derivations, paths, unsandboxedSite, all);
    this.roots =
        new NixRoots(folders.state(), dir, disk.roots(folders.own(), List.of(folders.store())));
    this.caches =
        new Caches(
            Clock.systemUTC(),
            UrlDownloads.proxies(Map.copyOf(System.getenv())),
            Duration.ofSeconds(settings.number("connect-timeout")),
            System.getenv(),
            Path.of(System.getProperty("user.home")));
    this.identity = identity(folders);
  }

  /** What Nix's programs expect to be there. */
  private static void makeFolders(NixFolders folders) throws IOException {
    Files.createDirectories(folders.store().resolve(".links"));
    Files.createDirectories(folders.own());
    for (String name :
        List.of("profiles/per-user", "temproots", "gcroots/auto", "gcroots/per-user")) {
      Files.createDirectories(folders.state().resolve(name));
    }
    Path profiles = folders.state().resolve("gcroots/profiles");
    if (!Files.exists(profiles, LinkOption.NOFOLLOW_LINKS)) {
      Files.createSymbolicLink(profiles, folders.state().resolve("profiles"));
    }
  }

  private BuildSite site(Builder builder, Path builds, Settings settings) {
    return new BuildSite(
        builder,
        new UrlDownloads(Map.copyOf(System.getenv()), settings.number("connect-timeout")),
        new BuiltinArchives(),
        builds,
        folders.own().resolve("checks"),
        folders.store(),
        logs,
        settings.maxJobs(),
        Optional.of(
            (socket, visible) ->
                BuilderBackend.open(
                    this,
                    new VisibleStore(store, visible),
                    site(builder, builds, settings),
                    socket)));
  }

  private static Object identity(NixFolders folders) throws IOException {
    Path database = folders.own().resolve("db");
    return Files.exists(database)
        ? Files.getAttribute(database, "unix:ino")
        : FileTime.fromMillis(0);
  }

  /** Whether what this has open is what stands in the folders. */
  boolean isCurrent() throws IOException {
    return identity(folders).equals(identity);
  }

  static Settings settings(NixFolders folders) throws IOException {
    Settings settings = SettingsLoader.nix(folders.configuration().resolve("nix.conf"));
    return settings.list("experimental-features").contains(RECURSIVE)
        ? settings.with("extra-system-features", RECURSIVE)
        : settings;
  }

  @Override
  public String version() {
    return NIX_VERSION;
  }

  @Override
  public Store store() {
    return store;
  }

  @Override
  public DiskStore disk() {
    return disk;
  }

  @Override
  public PathInfo importNar(ForeignObject said, InputStream nar) throws IOException {
    return store.importNar(said, nar);
  }

  @Override
  public Realiser realiser(Settings settings) {
    return settings.flag("sandbox") ? sandboxed : unsandboxed;
  }

  @Override
  public BuildLogs logs() {
    return logs;
  }

  @Override
  public Path spool() {
    try {
      return Files.createDirectories(folders.own().resolve("uploads"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Settings settings() throws IOException {
    return settings(folders);
  }

  @Override
  public Substituter substituter(Settings settings) {
    return caches.substituter(Builds.caches(settings), disk);
  }

  @Override
  public BuildSettings buildSettings(Settings settings, BuildMode mode) {
    return Builds.buildSettings(
        settings,
        mode,
        System.getenv(),
        folders.own(),
        (int) settings.number("log-lines"),
        OutputDiffer.NONE,
        substituter(settings),
        new RemoteMachines(settings, System.getenv(), store, store::importNar, machinesInUse));
  }

  @Override
  public Mending mending(Settings settings, Consumer<String> notes, Consumer<String> errors) {
    Store whole = disk.wholePaths();
    Derivations derivations = new Derivations(whole);
    Realiser again =
        new Realiser(
            whole,
            derivations,
            new OutputPaths(disk.dir(), derivations),
            settings.flag("sandbox") ? sandboxedSite : unsandboxedSite);
    return new Mending(
        disk,
        substituter(settings),
        paths -> again.realise(paths, buildSettings(settings, BuildMode.NORMAL), _ -> {}),
        notes,
        errors);
  }

  @Override
  public Optional<String> seen(StorePath path, boolean repair) throws IOException {
    Optional<String> problem = store.falsified(path);
    if (problem.isPresent() && repair) {
      store.restore(path);
      return store.falsified(path);
    }
    return problem;
  }

  @Override
  public HeldPaths held() {
    return held;
  }

  @Override
  public void addIndirectRoot(String user, Path link) throws IOException {
    Path auto = Files.createDirectories(folders.state().resolve("gcroots/auto"));
    byte[] name = Octets.bytes(Octets.fromText(link.toString()));
    String digest = Hash.of(HashAlgorithm.SHA1, name).encode(Hash.Format.NIX32);
    replace(auto.resolve(digest.substring(0, NAME_LENGTH)), link);
  }

  @Override
  public void addPermanentRoot(String user, StorePath path, Path link) throws IOException {
    Files.createDirectories(link.getParent());
    replace(link, folders.store().resolve(path.toString()));
    addIndirectRoot(user, link);
  }

  private static void replace(Path link, Path target) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, target);
  }

  @Override
  public List<WorkerService.Root> roots() throws IOException {
    List<WorkerService.Root> all = new ArrayList<>();
    roots
        .links()
        .forEach(
            (link, path) -> {
              if (disk.isValid(path)) {
                all.add(new WorkerService.Root(link.toString(), path));
              }
            });
    for (StorePath path : roots.open()) {
      all.add(new WorkerService.Root("{lsof}", path));
    }
    for (StorePath path : held.all()) {
      if (disk.isValid(path)) {
        all.add(new WorkerService.Root("{temp}", path));
      }
    }
    return all;
  }

  @Override
  public Collected collect(CollectOptions options) throws IOException {
    Collected collected = disk.collect(options, held.and(roots), gone -> {});
    if (!options.dryRun()) {
      for (StorePath path : collected.paths()) {
        if (Optional.of(path).filter(p -> !disk.isValid(p)).isPresent()) {
          store.removed(List.of(path));
        }
      }
    }
    if (!options.dryRun() && options.only().isEmpty() && options.maxFreed().isEmpty()) {
      removeLeftovers();
    }
    return collected;
  }

  /** Nix's collector removes from the store folder whatever is no valid path. */
  private void removeLeftovers() throws IOException {
    Set<StorePath> kept = held.all();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folders.store())) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        Optional<StorePath> path = store.dir().containing(Octets.fromText(entry.toString()));
        boolean made =
            hostBuilder.running().contains(name)
                || (name.endsWith(LOCK)
                    && hostBuilder
                        .running()
                        .contains(name.substring(0, name.length() - LOCK.length())));
        if (path.isPresent() && !made && !kept.contains(path.get()) && !disk.isValid(path.get())) {
          store.removed(List.of(path.get()));
        }
      }
    }
  }

  @Override
  public void close() {
    caches.close();
    store.close();
  }
}
