package org.buildchain.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildExit;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.Builder;
import org.buildchain.store.format.Octets;

/**
 * Runs builders without any isolation, with the daemon's rights, as Nix does where {@code sandbox =
 * false}: they see the whole machine, and read and write the store folder itself. For who trusts
 * what is built, where namespaces can't be had.
 */
public final class HostBuilder implements Builder {
  private static final String SOCKET = "unix://";

  private final Set<String> running = ConcurrentHashMap.newKeySet();

  @Override
  public boolean isolates() {
    return false;
  }

  @Override
  public BuildExit run(BuildJob job, LogSink log, Admission admission) throws InterruptedException {
    try {
      for (String output : job.outputs()) {
        running.add(output);
        setAside(job, output);
        // As Nix's locks, which tell others that something is being made here.
        Files.write(lock(job, output), new byte[0]);
      }
      try {
        try (Admitted _ = admission.await()) {
          return execute(job, log);
        }
      } finally {
        for (String output : job.outputs()) {
          take(job, output);
          Files.deleteIfExists(lock(job, output));
          running.remove(output);
        }
      }
    } catch (IOException e) {
      throw new BuildException(
          "cannot run the builder of '" + Octets.toText(job.label()) + "': " + e.getMessage(),
          1,
          e);
    }
  }

  /** The base names of what is being built: it stands in the store folder, and is no garbage. */
  public Set<String> running() {
    return Set.copyOf(running);
  }

  private static Path lock(BuildJob job, String output) {
    return Path.of(job.storeDir(), output + ".lock");
  }

  private static Path inStore(BuildJob job, String output) {
    return Path.of(job.storeDir(), output);
  }

  private static Path aside(BuildJob job, String output) {
    return job.outputDir().resolve(".was-" + output);
  }

  /** An output that is valid already, or a leftover: the builder finds neither. */
  private static void setAside(BuildJob job, String output) throws IOException {
    move(inStore(job, output), aside(job, output));
  }

  /** Takes what the builder left out of the store folder, and puts back what was there. */
  private static void take(BuildJob job, String output) throws IOException {
    move(inStore(job, output), job.outputDir().resolve(output));
    if (Files.exists(aside(job, output), LinkOption.NOFOLLOW_LINKS)) {
      move(aside(job, output), inStore(job, output));
    }
  }

  private static void move(Path from, Path to) throws IOException {
    if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      // Else it could not be moved to another folder by who is not root.
      Files.setPosixFilePermissions(from, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.move(from, to);
  }

  private static BuildExit execute(BuildJob job, LogSink log)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Octets.toText(job.builder()));
    job.args().forEach(a -> command.add(Octets.toText(a)));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(job.buildDir().toFile());
    builder.redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    Map<String, String> env = builder.environment();
    env.clear();
    job.env().forEach((k, v) -> env.put(Octets.toText(k), Octets.toText(placed(job, v))));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      String why = "error: executing '" + job.builder() + "': " + Octets.fromText(e.getMessage());
      byte[] line = Octets.bytes(why + "\n");
      log.write(line, 0, line.length);
      return new BuildExit.Exited(1);
    }
    Following following = new Following(job, log, process);
    Thread reader = Thread.ofVirtual().name("log of " + job.label()).start(following::copy);
    try {
      Optional<String> exceeded = following.await();
      if (exceeded.isPresent()) {
        end(process);
        return new BuildExit.LimitExceeded(exceeded.get());
      }
      reader.join(TimeUnit.SECONDS.toMillis(10));
      return new BuildExit.Exited(process.exitValue());
    } finally {
      end(process);
    }
  }

  /** A variable's value, which may name the build folder as a sandbox would show it. */
  private static String placed(BuildJob job, String value) {
    String shown = job.sandboxBuildDir();
    if (value.startsWith(SOCKET + shown + "/")) {
      return SOCKET + placed(job, value.substring(SOCKET.length()));
    }
    return value.equals(shown) || value.startsWith(shown + "/")
        ? Octets.fromText(job.buildDir().toString()) + value.substring(shown.length())
        : value;
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Copies a builder's output, and watches its limits. */
  private static final class Following {
    private final BuildJob job;
    private final LogSink log;
    private final Process process;
    private final long start = System.nanoTime();
    private volatile long lastOutput = start;
    private volatile boolean tooLong;

    Following(BuildJob job, LogSink log, Process process) {
      this.job = job;
      this.log = log;
      this.process = process;
    }

    void copy() {
      byte[] buffer = new byte[1 << 14];
      long total = 0;
      try (InputStream in = process.getInputStream()) {
        for (int n; (n = in.read(buffer)) >= 0; ) {
          lastOutput = System.nanoTime();
          total += n;
          if (job.limits().maxLogBytes() > 0 && total > job.limits().maxLogBytes()) {
            tooLong = true;
            end(process);
            return;
          }
          log.write(buffer, 0, n);
        }
      } catch (IOException e) {
        // The builder was killed.
      }
    }

    Optional<String> await() throws InterruptedException {
      BuildJob.Limits limits = job.limits();
      while (true) {
        long now = System.nanoTime();
        long left = remaining(limits.timeoutSeconds(), now - start);
        long silentLeft = remaining(limits.maxSilentSeconds(), now - lastOutput);
        if (left <= 0) {
          return Optional.of("timed out after " + limits.timeoutSeconds() + " seconds");
        }
        if (silentLeft <= 0) {
          return Optional.of(
              "timed out after " + limits.maxSilentSeconds() + " seconds of silence");
        }
        if (process.waitFor(Math.min(left, silentLeft), TimeUnit.NANOSECONDS)) {
          return tooLong
              ? Optional.of("wrote more than " + limits.maxLogBytes() + " bytes of log output")
              : Optional.empty();
        }
      }
    }

    private static long remaining(long seconds, long passedNanos) {
      return seconds == 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(seconds) - passedNanos;
    }
  }
}
