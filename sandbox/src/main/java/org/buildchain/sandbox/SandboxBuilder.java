package org.buildchain.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.buildchain.derivation.realise.BuildException;
import org.buildchain.derivation.realise.BuildExit;
import org.buildchain.derivation.realise.BuildJob;
import org.buildchain.derivation.realise.Builder;
import org.buildchain.store.format.Octets;

/**
 * Runs builders by {@code bc-sandbox}, whose header says what a builder can and cannot do. As root
 * each build has a user of its own; otherwise it has the caller's rights on what it is shown.
 */
public final class SandboxBuilder implements Builder {
  private final Path helper;
  private final Optional<BuildUsers> users;

  /**
   * @param helper the program {@code bc-sandbox}
   */
  public SandboxBuilder(Path helper) {
    this.helper = helper.toAbsolutePath();
    try {
      boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
      this.users = root ? Optional.of(BuildUsers.ofThisProcess()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("/proc is not mounted", e);
    }
  }

  @Override
  public BuildExit run(BuildJob job, LogSink log) throws InterruptedException {
    OptionalInt id = users.map(u -> OptionalInt.of(u.acquire())).orElse(OptionalInt.empty());
    try {
      Path tempDir = Files.createTempDirectory(job.buildDir().toAbsolutePath().getParent(), "tmp");
      try {
        if (id.isPresent()) {
          give(job.buildDir(), id.getAsInt());
        }
        return new HelperProcess(helper, job, tempDir, id, log).run();
      } finally {
        Trees.delete(tempDir);
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
        Trees.delete(folder);
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
