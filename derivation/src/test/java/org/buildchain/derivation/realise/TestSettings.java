package org.buildchain.derivation.realise;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.Hooks;
import org.buildchain.derivation.site.OutputDiffer;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.derivation.site.Substituter;

/** Settings that differ from {@link Workshop#SETTINGS} in some things. */
final class TestSettings {
  private int jobs = Workshop.SETTINGS.jobs();
  private boolean keepGoing;
  private boolean keepFailed;
  private boolean fallback;
  private BuildMode mode = BuildMode.NORMAL;
  private List<String> features = List.of();
  private List<String> sandboxPaths = List.of();
  private List<String> allowed = List.of();
  private List<String> mirrors = List.of();
  private Hooks hooks = Hooks.NONE;
  private OutputDiffer differ = OutputDiffer.NONE;
  private Substituter substituter = Substituter.NONE;
  private RemoteBuilders remote = RemoteBuilders.NONE;
  private SortedMap<String, String> environment = Workshop.SETTINGS.environment();

  static BuildSettings jobs(int jobs) {
    TestSettings s = new TestSettings();
    s.jobs = jobs;
    return s.settings();
  }

  static BuildSettings keepGoing() {
    TestSettings s = new TestSettings();
    s.keepGoing = true;
    return s.settings();
  }

  static BuildSettings keepFailed() {
    TestSettings s = new TestSettings();
    s.keepFailed = true;
    return s.settings();
  }

  static BuildSettings check(boolean keepFailed, OutputDiffer differ) {
    TestSettings s = new TestSettings();
    s.mode = BuildMode.CHECK;
    s.keepFailed = keepFailed;
    s.differ = differ;
    return s.settings();
  }

  static BuildSettings hooks(BuildMode mode, Hooks hooks) {
    TestSettings s = new TestSettings();
    s.mode = mode;
    s.hooks = hooks;
    return s.settings();
  }

  static BuildSettings hostPaths(List<String> sandboxPaths, List<String> allowed) {
    TestSettings s = new TestSettings();
    s.sandboxPaths = sandboxPaths;
    s.allowed = allowed;
    return s.settings();
  }

  static BuildSettings features(String... features) {
    TestSettings s = new TestSettings();
    s.features = List.of(features);
    return s.settings();
  }

  static BuildSettings mirrors(String... mirrors) {
    TestSettings s = new TestSettings();
    s.mirrors = List.of(mirrors);
    return s.settings();
  }

  static BuildSettings environment(SortedMap<String, String> environment) {
    TestSettings s = new TestSettings();
    s.environment = environment;
    return s.settings();
  }

  static BuildSettings substituter(Substituter substituter, boolean fallback) {
    TestSettings s = new TestSettings();
    s.substituter = substituter;
    s.fallback = fallback;
    return s.settings();
  }

  static BuildSettings remote(int jobs, RemoteBuilders remote) {
    TestSettings s = new TestSettings();
    s.jobs = jobs;
    s.remote = remote;
    return s.settings();
  }

  private BuildSettings settings() {
    BuildSettings s = Workshop.SETTINGS;
    return new BuildSettings(
        jobs,
        s.cores(),
        keepGoing,
        keepFailed,
        fallback,
        mode,
        s.system(),
        s.extraPlatforms(),
        new TreeSet<>(features),
        sandboxPaths,
        allowed,
        s.limits(),
        s.logLines(),
        mirrors,
        hooks,
        differ,
        substituter,
        remote,
        environment);
  }
}
