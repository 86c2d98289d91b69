package org.buildchain.daemon.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.buildchain.store.format.Octets;

/**
 * The program {@code git}, run with the caller's environment. A repository is hostile input: hooks,
 * file-system monitors and filters that its own configuration names are turned off, and git's own
 * check of a repository's owner stays on.
 */
final class Git {
  private static final int MAX_OUTPUT = 1 << 28;
  private static final int MAX_MESSAGE = 1 << 16;
  private static final int CANCEL_MILLIS = 100;

  /** Variables that would point git at another repository than the one named. */
  private static final List<String> DROPPED =
      List.of(
          "GIT_DIR",
          "GIT_WORK_TREE",
          "GIT_INDEX_FILE",
          "GIT_OBJECT_DIRECTORY",
          "GIT_ALTERNATE_OBJECT_DIRECTORIES",
          "GIT_COMMON_DIR",
          "GIT_NAMESPACE");

  private static final String COUNT = "GIT_CONFIG_COUNT";

  private static final List<String> FILTERS =
      List.of(
          "config",
          "--null",
          "--name-only",
          "--get-regexp",
          "^filter\\..*\\.(clean|smudge|process|required)$");

  private final Path repository;
  private final Map<String, String> environment;
  private final BooleanSupplier cancelled;

  /**
   * @param repository a working folder or a bare repository; commands run there
   * @param caller the caller's environment: proxies, the SSH agent, where git is
   * @param cancelled whether the caller has gone away, which ends git
   */
  Git(Path repository, Map<String, String> caller, BooleanSupplier cancelled) {
    this.repository = repository;
    this.cancelled = cancelled;
    this.environment = new HashMap<>(caller);
    environment.keySet().removeAll(DROPPED);
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_ATTR_NOSYSTEM", "1");
    environment.put("LC_ALL", "C");
    environment.putIfAbsent("PATH", "/usr/local/bin:/usr/bin:/bin");
  }

  /** The same with a variable set. */
  Git with(String variable, String value) {
    Git other = new Git(repository, environment, cancelled);
    other.environment.put(variable, value);
    return other;
  }

  /**
   * The same without the programs through which files would go on their way into the index: {@code
   * git status} of a hostile working folder would run them.
   */
  Git withoutFilters() throws IOException {
    Git other = new Git(repository, environment, cancelled);
    int count = 0;
    try {
      count = Integer.parseInt(environment.getOrDefault(COUNT, "0"));
    } catch (NumberFormatException e) {
      // Git itself says so.
    }
    // Not by -c: a driver's name may hold an equals sign.
    for (String name : ask("", FILTERS).out().split("\0")) {
      if (!name.isEmpty()) {
        other.environment.put("GIT_CONFIG_KEY_" + count, Octets.toText(name));
        other.environment.put("GIT_CONFIG_VALUE_" + count, "");
        count++;
      }
    }
    other.environment.put(COUNT, Integer.toString(count));
    return other;
  }

  Path repository() {
    return repository;
  }

  /** Starts git; its standard error is the daemon's to read. */
  Process start(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "gc.autoDetach=false",
                "-c",
                "protocol.ext.allow=never"));
    arguments.forEach(a -> command.add(Octets.toText(a)));
    ProcessBuilder b = new ProcessBuilder(command).directory(repository.toFile());
    b.environment().clear();
    b.environment().putAll(environment);
    try {
      return b.start();
    } catch (IOException e) {
      throw new IOException("cannot run the program 'git': " + e.getMessage(), e);
    }
  }

  private record Answer(int status, String out, String err) {}

  private Answer ask(String input, List<String> arguments) throws IOException {
    Process p = start(arguments);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Thread reader = Thread.ofVirtual().start(() -> copy(p.getInputStream(), out, MAX_OUTPUT));
    Thread errors = Thread.ofVirtual().start(() -> copy(p.getErrorStream(), err, MAX_MESSAGE));
    Thread feeder = Thread.ofVirtual().start(() -> feed(p.getOutputStream(), input));
    try {
      while (!p.waitFor(CANCEL_MILLIS, TimeUnit.MILLISECONDS)) {
        if (cancelled.getAsBoolean()) {
          throw new IOException("interrupted while git ran");
        }
      }
      for (Thread t : List.of(feeder, reader, errors)) {
        t.join();
      }
      if (out.size() == MAX_OUTPUT) {
        throw new IOException("git " + arguments.getFirst() + " printed too much");
      }
      return new Answer(
          p.exitValue(), Octets.of(out.toByteArray()), Octets.of(err.toByteArray()).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git ran", e);
    } finally {
      p.descendants().forEach(ProcessHandle::destroy);
      p.destroy();
    }
  }

  private static void feed(OutputStream in, String text) {
    try (in) {
      in.write(Octets.bytes(text));
    } catch (IOException e) {
      // A git that fails early does not read; its status and message say why.
    }
  }

  /** Copies the first bytes, and reads the rest, so that the writer does not wait. */
  private static void copy(InputStream in, ByteArrayOutputStream out, int most) {
    try (in) {
      out.write(in.readNBytes(most));
      in.skip(Long.MAX_VALUE);
    } catch (IOException e) {
      // What there is is used: the status says whether that is all.
    }
  }

  /** What a command prints; it fails with git's own message. */
  String text(String... arguments) throws IOException {
    return fed("", arguments);
  }

  /** Likewise, given standard input. */
  String fed(String input, String... arguments) throws IOException {
    Answer a = ask(input, List.of(arguments));
    if (a.status() != 0) {
      throw new IOException(
          "program 'git' failed with exit code "
              + a.status()
              + (a.err().isEmpty() ? "" : ": " + a.err()));
    }
    return a.out();
  }

  /** A line that a command prints, if it succeeds and prints one. */
  Optional<String> line(String... arguments) throws IOException {
    Answer a = ask("", List.of(arguments));
    return a.status() == 0 && !a.out().isBlank()
        ? Optional.of(a.out().lines().findFirst().orElseThrow())
        : Optional.empty();
  }
}
