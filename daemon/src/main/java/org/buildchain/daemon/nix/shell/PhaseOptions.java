package org.buildchain.daemon.nix.shell;

import java.util.Optional;
import picocli.CommandLine.Option;

/** A phase of stdenv's builder. Source: Nix 2.26 manual, {@code nix develop}. */
final class PhaseOptions {
  private String phase = "";

  @Option(
      names = "--phase",
      paramLabel = "NAME",
      description = "Run this phase of stdenv, 'build' say, and leave.")
  void phase(String name) {
    phase = name;
  }

  @Option(names = "--unpack", description = "The phase 'unpack'.")
  void unpack(boolean given) {
    phase = "unpack";
  }

  @Option(names = "--configure", description = "The phase 'configure'.")
  void configure(boolean given) {
    phase = "configure";
  }

  @Option(names = "--build", description = "The phase 'build'.")
  void build(boolean given) {
    phase = "build";
  }

  @Option(names = "--check", description = "The phase 'check'.")
  void check(boolean given) {
    phase = "check";
  }

  @Option(names = "--install", description = "The phase 'install'.")
  void install(boolean given) {
    phase = "install";
  }

  @Option(names = "--installcheck", description = "The phase 'installCheck'.")
  void installCheck(boolean given) {
    phase = "installCheck";
  }

  /** The one that is meant, the last one given; empty if none is. */
  Optional<String> phase() {
    return Optional.of(phase).filter(p -> !p.isEmpty());
  }
}
