package org.buildchain.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildExit;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.Builder;
import org.buildchain.derivation.site.Builder.LogSink;
import org.buildchain.store.format.Octets;

/**
 * One run of {@code bc-sandbox}. Its standard input stays open while the builder may run: when this
 * process closes it, or dies, the builder is killed with all that it started.
 */
final class HelperProcess {
  private static final String EXITED = "exited ";
  private static final String KILLED = "killed ";

  /** The builder itself is at fault where it cannot be executed, as in Nix. */
  private static final String CANNOT_RUN = "executing '";

  private static final String FILLED = "filled ";

  /** What the helper says when all is made ready for the builder. */
  private static final String READY = "ready";

  /** What it says when the builder has ended. */
  private static final String OVER = "over";

  /** How long a builder may take to be ready before it takes a place all the same. */
  private static final long READY_SECONDS = 10;

  private final Helper helper;
  private final BuildJob job;
  private final Optional<Path> places;
  private final Path tempDir;
  private final OptionalInt id;
  private final LogSink log;

  /** When the builder last wrote something, by {@link System#nanoTime}. */
  private volatile long lastOutput;

  /** Whether the log has grown beyond its limit. */
  private volatile boolean logTooLong;

  /** Open when the builder can be started, or never will be. */
  private final CountDownLatch ready = new CountDownLatch(1);

  /** Open when nothing of the builder runs any more; then {@link #lastLine} is set. */
  private final CountDownLatch over = new CountDownLatch(1);

  /** What the helper said last, as far as it was read. */
  private volatile String lastLine = "";

  /** What went wrong when the log was taken. */
  private volatile Optional<RuntimeException> logFailure = Optional.empty();

  HelperProcess(
      Helper helper,
      BuildJob job,
      Optional<Path> places,
      Path tempDir,
      OptionalInt id,
      LogSink log) {
    this.helper = helper;
    this.job = job;
    this.places = places;
    this.tempDir = tempDir;
    this.id = id;
    this.log = log;
  }

  BuildExit run(Builder.Admission admission) throws IOException, InterruptedException {
    Process process = helper.process();
    Thread reader = Thread.ofVirtual().name("log of " + job.label()).start(() -> follow(process));
    boolean done = false;
    try {
      try {
        if (helper.group().isPresent()) {
          helper.group().get().limit(job.limits().resources());
        }
        SandboxConfig.write(
            process.getOutputStream(), job, places, tempDir, id, helper.group().isPresent());
      } catch (IOException e) {
        // It ended before it had read everything; why is on its standard error.
      }
      // A place is not to be held by who is not ready.
      ready.await(READY_SECONDS, TimeUnit.SECONDS);
      Optional<String> exceeded;
      try (Builder.Admitted _ = admission.await()) {
        exceeded = runBuilder(process);
        if (exceeded.isPresent()) {
          helper.end();
        }
      }
      // What the helper has to clear away takes a while, most of it waiting.
      helper.end();
      reader.join();
      done = true;
      if (logFailure.isPresent()) {
        throw logFailure.get();
      }
      String report = report(process);
      if (!report.equals(EXITED + "0")) {
        sayWhetherMemoryWasFull();
      }
      return exceeded.isPresent()
          ? new BuildExit.LimitExceeded(exceeded.get())
          : exit(process.exitValue(), report);
    } finally {
      if (!done) {
        endUninterruptibly(reader);
      }
      process.getInputStream().close();
      process.getErrorStream().close();
    }
  }

  private String report(Process process) throws IOException {
    String rest = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return lastLine.equals(OVER) ? rest : lastLine + rest;
  }

  private Optional<String> runBuilder(Process process) throws InterruptedException {
    long start = System.nanoTime();
    lastOutput = start;
    try {
      SandboxConfig.writeStart(process.getOutputStream());
    } catch (IOException e) {
      // It has ended; why is on its standard error.
    }
    return await(start);
  }

  /** Adds a line to the build's log. */
  private void say(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    log.write(bytes, 0, bytes.length);
  }

  /** A process killed for want of memory does not know why; whoever reads the log should. */
  private void sayWhetherMemoryWasFull() throws IOException {
    if (helper.group().isPresent() && helper.group().get().wasFull()) {
      say(
          "error: the build's memory was full (build-memory-max = "
              + job.limits().resources().memoryBytes()
              + ")");
    }
  }

  private BuildExit exit(int status, String report) {
    if (status == 0 && report.startsWith(EXITED)) {
      return new BuildExit.Exited(Integer.parseInt(report.substring(EXITED.length())));
    }
    if (status == 0 && report.startsWith(KILLED)) {
      return new BuildExit.Killed(Integer.parseInt(report.substring(KILLED.length())));
    }
    if (status == 0 && report.startsWith(FILLED)) {
      return new BuildExit.LimitExceeded(
          "killed after writing more to disk than build-disk-max admits ("
              + report.substring(FILLED.length())
              + " bytes)");
    }
    if (report.startsWith(CANNOT_RUN)) {
      say("error: " + report);
      return new BuildExit.Exited(1);
    }
    throw new BuildException(
        "cannot set up the sandbox for '"
            + Octets.toText(job.label())
            + "': "
            + (report.isEmpty() ? "the helper ended with status " + status : report));
  }

  /** Waits for the builder's end, or for a limit that is exceeded, named in words. */
  private Optional<String> await(long start) throws InterruptedException {
    BuildJob.Limits limits = job.limits();
    while (true) {
      long now = System.nanoTime();
      if (logTooLong) {
        return Optional.of(
            "killed after writing more than " + limits.maxLogBytes() + " bytes of log output");
      }
      long left = remaining(limits.timeoutSeconds(), now - start);
      if (left <= 0) {
        return Optional.of("timed out after " + limits.timeoutSeconds() + " seconds");
      }
      long silentLeft = remaining(limits.maxSilentSeconds(), now - lastOutput);
      if (silentLeft <= 0) {
        return Optional.of("timed out after " + limits.maxSilentSeconds() + " seconds of silence");
      }
      if (over.await(Math.min(left, silentLeft), TimeUnit.NANOSECONDS)) {
        // The log may have ended the run.
        return logTooLong
            ? Optional.of(
                "killed after writing more than " + limits.maxLogBytes() + " bytes of log output")
            : Optional.empty();
      }
    }
  }

  private static long remaining(long seconds, long passedNanos) {
    return seconds == 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(seconds) - passedNanos;
  }

  /** Reads what the helper says, and the log in between. */
  private void follow(Process process) {
    try {
      lastLine = line(process.getErrorStream());
      if (lastLine.equals(READY)) {
        ready.countDown();
        copyOutput(process);
        lastLine = line(process.getErrorStream());
      }
    } catch (RuntimeException e) {
      logFailure = Optional.of(e);
    } finally {
      ready.countDown();
      over.countDown();
    }
  }

  private static String line(InputStream in) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int octet; (octet = in.read()) >= 0 && octet != '\n'; ) {
        line.write(octet);
      }
    } catch (IOException e) {
      // It has ended, and what it said last is read then.
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private void copyOutput(Process process) {
    byte[] buffer = new byte[16384];
    long total = 0;
    long limit = job.limits().maxLogBytes();
    try (InputStream output = process.getInputStream()) {
      for (int length; (length = output.read(buffer)) >= 0; ) {
        lastOutput = System.nanoTime();
        total += length;
        if (limit > 0 && total > limit) {
          if (!logTooLong) {
            logTooLong = true;
            process.getOutputStream().close();
          }
          continue;
        }
        log.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // The stream is closed from the other side when the run is given up.
    }
  }

  /** Nothing that the builder started may outlive this, so an interrupt has to wait. */
  private void endUninterruptibly(Thread reader) {
    boolean interrupted = false;
    while (true) {
      try {
        helper.end();
        reader.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
