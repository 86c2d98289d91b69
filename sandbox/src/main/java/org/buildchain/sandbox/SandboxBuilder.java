package org.buildchain.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildExit;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.Builder;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;

/**
 * Runs builders by {@code bc-sandbox}, whose header says what a builder can and cannot do. As root
 * each build has a user of its own; otherwise it has the caller's rights on what it is shown.
 */
public final class SandboxBuilder implements Builder, AutoCloseable {
  private final Path helper;
  private final Optional<Path> places;
  private final Optional<BuildUsers> users;
  private final Optional<ControlGroups> groups;
  private final SpareHelpers grouped;
  private final SpareHelpers ungrouped;

  /** A builder that starts nothing ahead, see {@link #SandboxBuilder(Path, int, Optional)}. */
  public SandboxBuilder(Path helper) {
    this(helper, 0, Optional.empty());
  }

  /**
   * @param helper the program {@code bc-sandbox}
   * @param ahead how many of it to have ready once a build has run, so that the next need not wait
   * @param places a folder, made when it is needed, in which empty files and folders are kept for
   *     further builds; nobody else may write to the one that it is in
   */
  public SandboxBuilder(Path helper, int ahead, Optional<Path> places) {
    this.helper = helper.toAbsolutePath();
    this.places = places;
    this.groups = ControlGroups.ofThisProcess();
    groups.ifPresent(ControlGroups::removeAbandoned);
    this.grouped = new SpareHelpers(this.helper, groups, groups.isPresent() ? ahead : 0);
    this.ungrouped = new SpareHelpers(this.helper, Optional.empty(), 0);
    try {
      boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
      this.users = root ? Optional.of(BuildUsers.ofThisProcess()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("/proc is not mounted", e);
    }
  }

  @Override
  public BuildExit run(BuildJob job, LogSink log, Admission admission) throws InterruptedException {
    OptionalInt id = OptionalInt.empty();
    if (job.storeDir().startsWith(job.sandboxBuildDir())) {
      throw new BuildException("`sandbox-build-dir` must not contain the storeDir");
    }
    try {
      if (users.isPresent()) {
        id = OptionalInt.of(users.get().acquire());
      }
      Path tempDir = Files.createTempDirectory(job.buildDir().toAbsolutePath().getParent(), "tmp");
      try {
        if (id.isPresent()) {
          give(job.buildDir(), id.getAsInt());
        }
        Helper process = helper(job.limits().resources().groups());
        try {
          return new HelperProcess(process, job, places, tempDir, id, log).run(admission);
        } finally {
          process.removeGroup();
        }
      } finally {
        Posix.removeTree(Octets.fromText(tempDir.toString()));
      }
    } catch (IOException e) {
      throw new BuildException(
          "cannot set up the sandbox for '" + Octets.toText(job.label()) + "': " + e.getMessage(),
          1,
          e);
    } finally {
      if (id.isPresent()) {
        users.get().release(id.getAsInt());
      }
    }
  }

  private Helper helper(BuildJob.Groups wanted) throws IOException {
    return switch (wanted) {
      case NEVER -> ungrouped.take();
      case WHERE_POSSIBLE -> grouped.take();
      case ALWAYS -> {
        if (groups.isEmpty()) {
          throw new IOException("no control groups are delegated to this process");
        }
        yield grouped.take();
      }
    };
  }

  /** How the machine bounds what a build takes, in words; empty if only process by process. */
  public Optional<String> controlGroups() {
    return groups.map(ControlGroups::describe);
  }

  /**
   * Why builds in a folder are not bounded by a project quota of its file system, in words; empty
   * if they are. Without one the disk is watched.
   */
  public Optional<String> whyNoQuota(Path folder) {
    try {
      Process process =
          new ProcessBuilder(helper.toString(), "--quota", folder.toAbsolutePath().toString())
              .start();
      String why = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return why.isEmpty() ? Optional.empty() : Optional.of(why);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Ends what was started ahead. No build may be running. */
  @Override
  public void close() {
    grouped.close();
    ungrouped.close();
    if (users.isPresent()) {
      try {
        users.get().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * What stands in the way of running builders here, in words with the next step; empty if nothing
   * does. Found by running one that does nothing.
   */
  public Optional<String> probe() {
    if (!Files.isExecutable(helper)) {
      return Optional.of(helper + " is missing: run make in native/");
    }
    try {
      Path folder = Files.createTempDirectory("bc-probe");
      try {
        return probe(folder);
      } finally {
        Posix.removeTree(Octets.fromText(folder.toString()));
      }
    } catch (IOException | BuildException e) {
      return Optional.of(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private Optional<String> probe(Path folder) throws IOException, InterruptedException {
    SortedMap<String, String> environment = new TreeMap<>();
    String program = Octets.fromText(helper.toRealPath().toString());
    BuildJob job =
        new BuildJob(
            "probe",
            program,
            List.of("--probe"),
            environment,
            "/nix/store",
            new TreeSet<>(),
            Files.createDirectory(folder.resolve("in")),
            new TreeSet<>(),
            Files.createDirectory(folder.resolve("out")),
            Files.createDirectory(folder.resolve("build")),
            "/build",
            new TreeMap<>(Map.of(program, program)),
            false,
            BuildJob.Limits.NONE);
    StringBuilder said = new StringBuilder();
    BuildExit exit =
        run(job, (buffer, offset, length) -> said.append(Octets.of(buffer, offset, length)));
    return exit.equals(new BuildExit.Exited(0))
        ? Optional.empty()
        : Optional.of("a builder that does nothing failed: " + exit + " " + said);
  }

  /** What the daemon put into the build folder belongs to the builder, as it does under Nix. */
  private static void give(Path folder, int id) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setAttribute(file, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
