package org.buildchain.derivation.realise;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Settings that differ from {@link Workshop#SETTINGS} in one thing. */
final class TestSettings {
  private TestSettings() {}

  static BuildSettings jobs(int jobs) {
    return of(jobs, false, false, List.of(), List.of(), List.of(), new TreeMap<>());
  }

  static BuildSettings keepGoing() {
    return of(4, true, false, List.of(), List.of(), List.of(), new TreeMap<>());
  }

  static BuildSettings keepFailed() {
    return of(4, false, true, List.of(), List.of(), List.of(), new TreeMap<>());
  }

  static BuildSettings hostPaths(List<String> sandboxPaths, List<String> allowed) {
    return of(4, false, false, List.of(), sandboxPaths, allowed, new TreeMap<>());
  }

  static BuildSettings features(String... features) {
    return of(4, false, false, List.of(features), List.of(), List.of(), new TreeMap<>());
  }

  static BuildSettings environment(SortedMap<String, String> environment) {
    return of(4, false, false, List.of(), List.of(), List.of(), environment);
  }

  static BuildSettings substituter(Substituter substituter) {
    BuildSettings s = Workshop.SETTINGS;
    return new BuildSettings(
        s.jobs(),
        s.cores(),
        s.keepGoing(),
        s.keepFailed(),
        s.system(),
        s.extraPlatforms(),
        s.systemFeatures(),
        s.sandboxPaths(),
        s.allowedImpureHostDeps(),
        s.limits(),
        s.logLines(),
        substituter,
        s.environment());
  }

  private static BuildSettings of(
      int jobs,
      boolean keepGoing,
      boolean keepFailed,
      List<String> features,
      List<String> sandboxPaths,
      List<String> allowed,
      SortedMap<String, String> environment) {
    BuildSettings s = Workshop.SETTINGS;
    return new BuildSettings(
        jobs,
        s.cores(),
        keepGoing,
        keepFailed,
        s.system(),
        s.extraPlatforms(),
        new TreeSet<>(features),
        sandboxPaths,
        allowed,
        s.limits(),
        s.logLines(),
        s.substituter(),
        environment);
  }
}
