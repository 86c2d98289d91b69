package org.buildchain.daemon;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.buildchain.daemon.chain.output.VerifiedOutputs;
import org.buildchain.daemon.command.Acceptance;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.evaluation.StoredAnswers;
import org.buildchain.daemon.host.archive.BuiltinArchives;
import org.buildchain.daemon.host.download.UrlDownloads;
import org.buildchain.daemon.host.repository.RepositoryLocks;
import org.buildchain.daemon.remote.MachinesInUse;
import org.buildchain.daemon.remote.RemoteMachines;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.daemon.worker.NixSocket;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.fuse.MountProvider;
import org.buildchain.fuse.MountRoute;
import org.buildchain.sandbox.SandboxBuilder;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.pin.HeldPaths;
import org.buildchain.store.pin.Pins;
import org.buildchain.store.pin.Roots;
import org.buildchain.store.posix.Posix;
import org.buildchain.substituter.fetch.CacheClosures;
import org.buildchain.substituter.fetch.Caches;
import org.buildchain.substituter.serve.KeptNarFiles;

/** The parts of the running daemon. */
final class Engine implements Services, AutoCloseable {
  private static final String PROGRAM = "bc";

  /** In which an evaluation that wants too much ends before the kernel ends the daemon. */
  private static final long LEAST_MEMORY = 512L << 20;

  /** Outputs that differed from those they were checked against. */
  private static final String CHECKS = "checks";

  /** Sandboxes that wait for a build; more builds than this at once start some of theirs late. */
  private static final int MOST_AHEAD = 16;

  private final Path root;
  private final IntSupplier running;
  private final long started = System.nanoTime();
  private final DiskStore store;
  private final Mounts mounts;
  private final SandboxBuilder sandbox;
  private final BuildLogs logs;
  private final BuildSite site;
  private final Realiser realiser;
  private final Realiser mendingRealiser;
  private final Pins pins;
  private final LowDisk lowDisk;
  private final KeptEvaluators evaluators;
  private final Caches caches;
  private final Acceptance acceptance = new VerifiedOutputs();
  private final HeldPaths held = new HeldPaths();
  private final MachinesInUse machinesInUse = new MachinesInUse();
  private final RepositoryLocks repositoryLocks = new RepositoryLocks();

  /**
   * Opens the store and mounts it.
   *
   * @param running tells how many commands run
   */
  Engine(Path root, Settings settings, IntSupplier running) throws IOException {
    this.root = root;
    this.running = running;
    this.store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    this.mounts = new Mounts(root, store, route(settings));
    this.sandbox =
        new SandboxBuilder(
            Path.of(System.getProperty("bc.native", "native"), "bc-sandbox"),
            Math.clamp(settings.maxJobs(), 1, MOST_AHEAD),
            Optional.of(root.resolve("cache/mount-points")));
    this.logs = new BuildLogs(root.resolve("logs"));
    Path builds = root.resolve("builds");
    Posix.removeTree(builds.toString());
    Files.createDirectories(builds);
    Derivations derivations = new Derivations(store);
    this.site =
        new BuildSite(
            sandbox,
            new UrlDownloads(Map.copyOf(System.getenv()), settings.number("connect-timeout")),
            new BuiltinArchives(),
            builds,
            root.resolve(CHECKS),
            mounts.view(),
            logs,
            settings.maxJobs());
    OutputPaths paths = new OutputPaths(store.dir(), derivations);
    this.realiser =
        new Realiser(
            store,
            derivations,
            paths,
            site,
            settings.list("experimental-features").contains("ca-derivations"));
    this.mendingRealiser = new Realiser(store.wholePaths(), derivations, paths, site);
    Path own = root.resolve("pins/per-user").resolve(System.getProperty("user.name"));
    this.evaluators =
        KeptEvaluators.inHeap(
            evaluationCache(settings),
            new StoredAnswers(
                root.resolve("cache/answers"),
                System.getProperty("bc.build", ""),
                settings.number("eval-answers-size")));
    this.caches =
        new Caches(
            Clock.systemUTC(),
            UrlDownloads.proxies(Map.copyOf(System.getenv())),
            Duration.ofSeconds(settings.number("connect-timeout")),
            System.getenv(),
            Path.of(System.getProperty("user.home")));
    // Blocks may be wanted of paths that were taken before the daemon's start.
    store.fetchLate(
        (places, cid) -> caches.blocks(Builds.caches(settings)).get(places, cid),
        Duration.ofSeconds(settings.number("lazy-fill-delay")));
    this.pins = new Pins(own.resolve(PROGRAM), mounts.view());
    this.lowDisk =
        new LowDisk(
            root,
            settings.number("min-free"),
            settings.number("max-free"),
            this::collect,
            LowDisk.EVERY);
  }

  /** To mark more takes a core for many seconds. */
  private static final long MOST_KEPT = 2L << 30;

  private static long evaluationCache(Settings settings) {
    return settings.text("eval-cache-size").equals("auto")
        ? Math.min(Runtime.getRuntime().maxMemory() / 2, MOST_KEPT)
        : settings.number("eval-cache-size");
  }

  private static MountRoute route(Settings settings) {
    String name = settings.text("mount-route");
    return MountRoute.named(name)
        .orElseThrow(
            () ->
                new FormatException(
                    "setting 'mount-route'",
                    "expected one of " + MountRoute.names() + ", not '" + name + "'"));
  }

  @Override
  public RepositoryLocks repositoryLocks() {
    return repositoryLocks;
  }

  @Override
  public KeptEvaluators evaluators() {
    return evaluators;
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public Path view() {
    return mounts.view();
  }

  @Override
  public String version() {
    String version = Engine.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0" : version;
  }

  @Override
  public Duration uptime() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  @Override
  public int running() {
    return running.getAsInt();
  }

  @Override
  public DiskStore store() {
    return store;
  }

  @Override
  public Collected collect(CollectOptions options) throws IOException {
    if (!options.dryRun()) {
      // As Nix's collector does with what it finds beside the store's paths.
      Posix.removeTree(Octets.fromText(root.resolve(CHECKS).toString()));
    }
    return new CollectionWithNars(store, new KeptNarFiles(root.resolve("cache/nars")))
        .run(options, most -> store.collect(most, held.and(roots()), mounts::removed));
  }

  @Override
  public Collected remove(CollectOptions options) throws IOException {
    return store.collect(options, held.and(roots().unpinned()), mounts::removed);
  }

  @Override
  public Roots roots() {
    return store.roots(root, List.of(mounts.view(), Path.of(store.dir().path())));
  }

  @Override
  public void serveNix(InputStream from, OutputStream to) throws IOException {
    NixSocket.serve(this, from, to);
  }

  @Override
  public void serveSsh(InputStream from, OutputStream to, boolean writes, Consumer<String> shown)
      throws IOException {
    NixSocket.serveSsh(this, from, to, writes, shown);
  }

  @Override
  public HeldPaths held() {
    return held;
  }

  @Override
  public Realiser realiser() {
    return realiser;
  }

  @Override
  public Realiser mendingRealiser() {
    return mendingRealiser;
  }

  @Override
  public Realiser realiserIn(Store view) {
    Derivations derivations = new Derivations(view);
    return new Realiser(view, derivations, new OutputPaths(view.dir(), derivations), site);
  }

  @Override
  public Substituter substituter(Settings settings) {
    if (!settings.flag("substitute")) {
      return Substituter.NONE;
    }
    return caches.substituter(Builds.caches(settings), store);
  }

  @Override
  public CacheClosures closures(String url, Settings settings) {
    return caches.closures(url, Builds.caches(settings), store);
  }

  @Override
  public RemoteBuilders builders(Settings settings, Map<String, String> environment) {
    return new RemoteMachines(settings, environment, store, store::importNar, machinesInUse);
  }

  @Override
  public Acceptance acceptance() {
    return acceptance;
  }

  @Override
  public BuildLogs logs() {
    return logs;
  }

  @Override
  public Pins pins() {
    return pins;
  }

  @Override
  public Optional<String> cannotBuild() {
    return mounts.problem().map(p -> "the store is not mounted: " + p);
  }

  @Override
  public List<Finding> diagnose() {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            "java", true, Runtime.version() + " at " + System.getProperty("java.home"), ""));
    findings.add(memory());
    findings.addAll(mount());
    findings.addAll(isolation());
    findings.add(compiler());
    return findings;
  }

  /** Whether the store can be mounted, and is. */
  private List<Finding> mount() {
    List<Finding> findings = new ArrayList<>();
    List<MountProvider.Problem> problems = mounts.probe();
    if (problems.isEmpty() && mounts.problem().isEmpty()) {
      findings.add(
          new Finding(
              "fuse",
              true,
              "the store is mounted at " + mounts.view() + " (" + mounts.route() + ")",
              ""));
    }
    problems.forEach(p -> findings.add(new Finding("fuse", false, p.what(), p.remedy())));
    if (problems.isEmpty()) {
      mounts
          .problem()
          .ifPresent(
              p ->
                  findings.add(
                      new Finding(
                          "fuse",
                          false,
                          p,
                          "bc daemon restart, to try again; its log is "
                              + root.resolve("daemon/log"))));
    }
    return findings;
  }

  /** Whether builds can be kept apart from the machine, and how what they take is bounded. */
  private List<Finding> isolation() {
    List<Finding> findings = new ArrayList<>();
    Optional<String> lacking = sandbox.probe();
    findings.add(
        new Finding(
            "sandbox",
            lacking.isEmpty(),
            lacking.orElse("namespaces, mounts and seccomp work"),
            lacking.isEmpty() ? "" : "see the message"));
    // Builds run without, so that lacking them is worth a line and no failure.
    findings.add(
        new Finding(
            "limits",
            true,
            sandbox
                .controlGroups()
                .orElse(
                    "no control groups are delegated to this process: memory is bounded process by"
                        + " process, and only by a number in 'build-memory-max'"),
            ""));
    findings.add(
        new Finding(
            "disk",
            true,
            sandbox
                .whyNoQuota(root)
                .map(why -> "what builds write is summed ten times a second; no quotas: " + why)
                .orElse("what builds write is bounded by project quotas of the file system"),
            ""));
    return findings;
  }

  /** Of the machine, or of the container. */
  private static Finding memory() {
    long bytes =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    boolean enough = bytes >= LEAST_MEMORY;
    return new Finding(
        "memory",
        enough,
        (bytes >> 20) + " MiB" + (enough ? "" : ": with so little the daemon may be killed"),
        enough ? "" : "give it " + (LEAST_MEMORY >> 20) + " MiB at least");
  }

  private static Finding compiler() {
    boolean found =
        Files.isExecutable(Path.of("/usr/bin/gcc")) || Files.isExecutable(Path.of("/usr/bin/cc"));
    return new Finding(
        "compiler",
        found,
        found
            ? "the host has a C compiler that derivations may ask for"
            : "the host has no C compiler",
        found ? "" : "apt-get install gcc libc6-dev");
  }

  @Override
  public void close() {
    lowDisk.close();
    sandbox.close();
    caches.close();
    evaluators.close();
    mounts.close();
    store.close();
  }
}
