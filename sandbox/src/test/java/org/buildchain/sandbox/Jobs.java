package org.buildchain.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.site.BuildExit;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.Builder;
import org.buildchain.store.format.Octets;

/** Makes and runs jobs below a folder, with the host's shell as the builder. */
final class Jobs {
  /** What a shell needs on Debian. */
  private static final List<String> HOST = List.of("/usr", "/bin", "/lib", "/lib64");

  final Path inputs;
  final Path output;
  final Path build;
  private final Path helper;

  Optional<Path> places = Optional.empty();
  String builder = "/bin/sh";
  List<String> args;
  final SortedMap<String, String> env = new TreeMap<>();
  final SortedSet<String> inputNames = new TreeSet<>();
  final SortedMap<String, String> hostPaths = new TreeMap<>();
  boolean network;
  BuildJob.Limits limits = BuildJob.Limits.NONE;
  private final StringBuilder log = new StringBuilder();

  Jobs(Path folder) throws IOException {
    this(folder, Path.of(System.getProperty("bc.native"), "bc-sandbox"));
  }

  Jobs(Path folder, Path helper) throws IOException {
    this.helper = helper;
    inputs = Files.createDirectory(folder.resolve("inputs"));
    output = Files.createDirectory(folder.resolve("output"));
    build = Files.createDirectory(folder.resolve("build"));
    HOST.forEach(path -> hostPaths.put(path, path));
    env.put("PATH", "/usr/bin:/bin");
  }

  /** How a shell script ends that is run as the builder. */
  BuildExit run(String script) throws InterruptedException {
    args = List.of("-c", script);
    return run();
  }

  BuildExit run() throws InterruptedException {
    return run((buffer, offset, length) -> log.append(Octets.of(buffer, offset, length)));
  }

  BuildExit run(Builder.LogSink sink) throws InterruptedException {
    log.setLength(0);
    return new SandboxBuilder(helper, 0, places).run(job(), sink);
  }

  BuildJob job() {
    return new BuildJob(
        "/nix/store/00000000000000000000000000000000-test.drv",
        builder,
        args,
        env,
        "/nix/store",
        inputNames,
        inputs,
        new TreeSet<>(),
        output,
        build,
        "/build",
        hostPaths,
        network,
        limits);
  }

  /** What the last run wrote. */
  String log() {
    return log.toString();
  }
}
