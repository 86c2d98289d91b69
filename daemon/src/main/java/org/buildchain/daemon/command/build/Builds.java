package org.buildchain.daemon.command.build;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.progress.BuildDisplay;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.daemon.settings.NetrcFile;
import org.buildchain.daemon.settings.NixSettings;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.Hooks;
import org.buildchain.derivation.site.OutputDiffer;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.language.EvalHost.Wanted;
import org.buildchain.language.error.EvalException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.fetch.Caches;
import org.buildchain.substituter.signature.PublicKey;

/** Builds for a command: its settings, its progress on its terminal. */
public final class Builds {
  private final CommandContext context;
  private final Settings settings;
  private final boolean logs;

  /**
   * @param logs whether builders' output is shown as it comes
   */
  public Builds(CommandContext context, Settings settings, boolean logs) {
    this.context = context;
    this.settings = settings;
    this.logs = logs;
  }

  /** Makes everything requested valid; see {@code Realiser.realise}. */
  public SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      Collection<DerivedPath> requested) throws InterruptedException {
    return realise(requested, BuildMode.NORMAL);
  }

  /** The same, or builds again what is valid. */
  SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      Collection<DerivedPath> requested, BuildMode mode) throws InterruptedException {
    return realise(requested, mode, context.services().realiser());
  }

  /** The same with a realiser of another view of the store. */
  public SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      Collection<DerivedPath> requested, Realiser realiser) throws InterruptedException {
    return realise(requested, BuildMode.NORMAL, realiser);
  }

  SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      Collection<DerivedPath> requested, BuildMode mode, Realiser realiser)
      throws InterruptedException {
    Services services = context.services();
    if (mode == BuildMode.NORMAL) {
      acceptVerified(requested, realiser);
    }
    if (!settings.flag("sandbox")) {
      throw new CommandException(
          "'sandbox = false' is not supported: every builder runs in a sandbox; name what it needs"
              + " of the host in '__impureHostDeps' or 'sandbox-paths'");
    }
    Substituter substituter = substituter();
    if (services.cannotBuild().isPresent()
        && (mode == BuildMode.CHECK
            || !realiser.plan(requested, substituter, context.messages()::note).isEmpty())) {
      throw new CommandException(
          services.cannotBuild().get() + "\n'bc doctor' says what this machine lacks");
    }
    Invocation invocation = context.caller().invocation();
    boolean live =
        invocation.stderrIsTerminal()
            && !invocation.env().getOrDefault("TERM", "dumb").equals("dumb");
    try (BuildDisplay display =
        new BuildDisplay(
            context.messages(),
            services.store().dir(),
            shown(invocation),
            live,
            context.caller()::columns,
            System::nanoTime)) {
      return realiser.realise(
          requested,
          buildSettings(invocation, mode, substituter, remote(realiser, invocation)),
          display);
    }
  }

  /** Takes what the chain calls valid, if the settings say so, what was asked for first. */
  private void acceptVerified(Collection<DerivedPath> requested, Realiser realiser)
      throws InterruptedException {
    if (!settings.list("accept").contains("verified")
        || realiser != context.services().realiser()) {
      return;
    }
    try {
      accept(requested(requested), false);
      List<StorePath> builds =
          realiser.plan(requested, Substituter.NONE, context.messages()::note).builds();
      for (StorePath drvPath : builds.reversed()) {
        accept(List.of(drvPath), false);
      }
    } catch (IOException e) {
      throw new CommandException(e.getMessage());
    }
  }

  /** Refuses whatever the chain does not call valid, and fetches what it does. */
  public void requireVerified(Collection<DerivedPath> requested)
      throws IOException, InterruptedException {
    accept(requested(requested), true);
  }

  private void accept(Collection<StorePath> drvPaths, boolean required)
      throws IOException, InterruptedException {
    context.services().acceptance().fetch(context, settings, drvPaths, required);
  }

  private static List<StorePath> requested(Collection<DerivedPath> requested) {
    return requested.stream()
        .<StorePath>mapMulti(
            (path, out) -> {
              if (path instanceof DerivedPath.Built b) {
                out.accept(b.derivation());
              }
            })
        .distinct()
        .toList();
  }

  /** Says what {@link #realise} would build and fetch now. */
  public void show(Collection<DerivedPath> requested) throws InterruptedException {
    Services services = context.services();
    Realiser.Planned planned =
        services.realiser().plan(requested, substituter(), context.messages()::note);
    BuildDisplay.willBuild(context.messages(), services.store().dir(), planned.builds());
    BuildDisplay.willFetch(context.messages(), services.store().dir(), planned.fetches());
  }

  private Substituter substituter() {
    return settings.list("accept").contains("signatures")
        ? context.services().substituter(settings)
        : Substituter.NONE;
  }

  /**
   * Builds what an evaluation needs to go on.
   *
   * @param wanted one or more
   * @throws EvalException if the settings forbid it
   */
  public Map<Wanted, StorePath> realiseWanted(Set<Wanted> wanted) {
    if (!settings.flag("allow-import-from-derivation")) {
      Wanted first = wanted.iterator().next();
      throw EvalException.other(
          "cannot build '"
              + context.services().store().dir().print(first.drvPath())
              + "^"
              + first.output()
              + "' during evaluation because the option 'allow-import-from-derivation' is"
              + " disabled");
    }
    SortedMap<StorePath, SortedSet<String>> outputs = new TreeMap<>();
    for (Wanted w : wanted) {
      outputs.computeIfAbsent(w.drvPath(), d -> new TreeSet<>()).add(w.output());
    }
    Collection<DerivedPath> requested =
        outputs.entrySet().stream()
            .<DerivedPath>map(e -> new DerivedPath.Built(e.getKey(), e.getValue()))
            .toList();
    try {
      var realised = realise(requested);
      Map<Wanted, StorePath> out = new HashMap<>();
      wanted.forEach(w -> out.put(w, realised.get(w.drvPath()).get(w.output())));
      return out;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted by the user");
    }
  }

  /** Another view of the store gets its outputs from this machine alone. */
  private RemoteBuilders remote(Realiser realiser, Invocation invocation) {
    Services services = context.services();
    if (realiser != services.realiser()) {
      return RemoteBuilders.NONE;
    }
    Map<String, String> environment = new HashMap<>();
    invocation.env().forEach((k, v) -> environment.put(Octets.toText(k), Octets.toText(v)));
    return services.builders(settings, environment);
  }

  private BuildSettings buildSettings(
      Invocation invocation, BuildMode mode, Substituter substituter, RemoteBuilders remote) {
    return buildSettings(
        settings,
        mode,
        invocation.env(),
        context.services().root(),
        // What was shown as it came is not shown again.
        logs ? 0 : (int) settings.number("log-lines"),
        new ExplainedDifferences(context.messages().colours()),
        substituter,
        remote);
  }

  /**
   * How builds run by these settings.
   *
   * @param environment where {@code impureEnvVars} of fixed outputs are taken from
   * @param root the store's root
   * @param logLines how many of a failed build's last lines its error shows
   */
  public static BuildSettings buildSettings(
      Settings settings,
      BuildMode mode,
      Map<String, String> environment,
      Path root,
      int logLines,
      OutputDiffer differ,
      Substituter substituter,
      RemoteBuilders remote) {
    return new BuildSettings(
        settings.maxJobs(),
        settings.number("cores") == 0
            ? Runtime.getRuntime().availableProcessors()
            : (int) settings.number("cores"),
        settings.flag("keep-going"),
        settings.flag("keep-failed"),
        settings.flag("fallback"),
        mode,
        settings.text("system"),
        new TreeSet<>(settings.list("extra-platforms")),
        new TreeSet<>(settings.list("system-features")),
        settings.list("sandbox-paths"),
        settings.list("allowed-impure-host-deps"),
        new BuildJob.Limits(
            settings.number("timeout"),
            settings.number("max-silent-time"),
            settings.number("max-build-log-size"),
            BuildResources.of(settings, root)),
        logLines,
        settings.list("hashed-mirrors"),
        new Hooks(
            program(settings, "post-build-hook"),
            settings.flag("run-diff-hook") ? program(settings, "diff-hook") : Optional.empty(),
            NixSettings.text(settings)),
        differ,
        substituter,
        remote,
        impureEnvironment(settings, environment));
  }

  /** What {@code impureEnvVars} are taken from: those that the settings give go first. */
  private static TreeMap<String, String> impureEnvironment(
      Settings settings, Map<String, String> environment) {
    TreeMap<String, String> all = new TreeMap<>(environment);
    for (String variable : settings.list("impure-env")) {
      int at = variable.indexOf('=');
      if (at > 0) {
        all.put(variable.substring(0, at), variable.substring(at + 1));
      }
    }
    return all;
  }

  private BuildDisplay.Logs shown(Invocation invocation) {
    if (!logs) {
      return BuildDisplay.Logs.NONE;
    }
    // Programs of Nix show lines as they are.
    return invocation.program().equals("bc") ? BuildDisplay.Logs.NAMED : BuildDisplay.Logs.PLAIN;
  }

  private static Optional<String> program(Settings settings, String setting) {
    return Optional.of(settings.text(setting)).filter(p -> !p.isEmpty());
  }

  /** Which binary caches are asked, and what of them is believed, by these settings. */
  public static Caches.Options caches(Settings settings) {
    return new Caches.Options(
        settings.flag("substitute") ? settings.list("substituters") : List.of(),
        settings.list("trusted-public-keys").stream().map(PublicKey::parse).toList(),
        settings.flag("require-sigs"),
        Math.clamp(settings.number("required-signatures"), 1, Integer.MAX_VALUE),
        Duration.ofSeconds(Math.max(1, settings.number("stalled-download-timeout"))),
        Duration.ofSeconds(settings.number("narinfo-cache-positive-ttl")),
        Duration.ofSeconds(settings.number("narinfo-cache-negative-ttl")),
        NetrcFile.read(settings.text("netrc-file")),
        settings.flag("lazy-substitutes"));
  }
}
