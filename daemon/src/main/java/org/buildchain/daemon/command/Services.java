package org.buildchain.daemon.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.host.repository.RepositoryLocks;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.pin.HeldPaths;
import org.buildchain.store.pin.Pins;
import org.buildchain.store.pin.Roots;
import org.buildchain.substituter.fetch.CacheClosures;

/** The daemon's parts, as commands see them. */
public interface Services {
  /** The store's root folder. */
  Path root();

  /** Where the mount shows objects by their store paths. */
  Path view();

  /** What keeps objects alive, but for what is {@link #held}. */
  Roots roots();

  /**
   * Speaks Nix's protocol with a client, whom it trusts, until that goes. The calling thread is
   * interrupted if it goes while a request is worked on.
   */
  void serveNix(InputStream from, OutputStream to) throws IOException;

  /**
   * Speaks with a client of {@code ssh://} until that goes; see {@code ServeSession}.
   *
   * @param writes whether the client may add and build
   * @param shown takes what its user shall see, octet strings
   */
  void serveSsh(InputStream from, OutputStream to, boolean writes, Consumer<String> shown)
      throws IOException;

  /** What Nix's clients hold on to for a time. */
  HeldPaths held();

  /** The version of this build. */
  String version();

  /** How long the daemon has run. */
  Duration uptime();

  /** How many commands run now. */
  int running();

  /** The store. */
  DiskStore store();

  /** Removes what nothing keeps alive; see {@link DiskStore#collect}. */
  Collected collect(CollectOptions options) throws IOException;

  /** The same, whatever pins lead to; what processes have open stays. */
  Collected remove(CollectOptions options) throws IOException;

  /** Builds derivations. */
  Realiser realiser();

  /** Builds as if paths that lack blocks were not there: see {@link DiskStore#wholePaths}. */
  Realiser mendingRealiser();

  /** Builds in a view of the store. */
  Realiser realiserIn(Store view);

  /** What these settings name as substituters. */
  Substituter substituter(Settings settings);

  /**
   * What a binary cache has, by these settings.
   *
   * @throws org.buildchain.store.format.FormatException if the URL is none of a cache
   */
  CacheClosures closures(String url, Settings settings);

  /**
   * The machines that these settings name as builders.
   *
   * @param environment for {@code ssh}
   */
  RemoteBuilders builders(Settings settings, Map<String, String> environment);

  /** What a chain's word counts for. */
  Acceptance acceptance();

  /** The logs of builds. */
  BuildLogs logs();

  /** Evaluators of earlier commands. */
  KeptEvaluators evaluators();

  /** What fetches into repositories take. */
  RepositoryLocks repositoryLocks();

  /** What keeps results alive. */
  Pins pins();

  /** Why nothing can be built here, as a message; empty if it can. */
  Optional<String> cannotBuild();

  /** What this machine can do. */
  List<Finding> diagnose();

  /**
   * Something that was looked at.
   *
   * @param detail what was found, or what is missing
   * @param remedy the next step; empty if all is well
   */
  record Finding(String name, boolean ok, String detail, String remedy) {}
}
