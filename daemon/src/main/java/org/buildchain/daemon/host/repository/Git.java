package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.buildchain.store.format.Octets;

/**
 * The program {@code git}, run with the caller's environment. A repository is hostile input: hooks,
 * file-system monitors, filters and verifiers that its own configuration names are turned off, and
 * git's own check of a repository's owner stays on.
 */
public final class Git {
  private static final List<String> COMMAND =
      List.of(
          "git",
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "gc.autoDetach=false",
          "-c",
          "protocol.ext.allow=never",
          "-c",
          "gpg.program=gpg",
          "-c",
          "gpg.openpgp.program=gpg",
          "-c",
          "gpg.x509.program=gpgsm",
          "-c",
          "gpg.ssh.program=ssh-keygen");

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
  public Git(Path repository, Map<String, String> caller, BooleanSupplier cancelled) {
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
  public Git withoutFilters() throws IOException {
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

  private Program program() {
    return new Program(COMMAND, repository, environment, cancelled);
  }

  /** Starts git; its standard error is the daemon's to read. */
  Process start(List<String> arguments) throws IOException {
    return program().start(arguments);
  }

  private Program.Answer ask(String input, List<String> arguments) throws IOException {
    return program().run(input, arguments);
  }

  /** How a command ended, and what it printed. */
  Program.Answer answer(String... arguments) throws IOException {
    return ask("", List.of(arguments));
  }

  /** What a command prints; it fails with git's own message. */
  public String text(String... arguments) throws IOException {
    return fed("", arguments);
  }

  /** Likewise, given standard input. */
  public String fed(String input, String... arguments) throws IOException {
    Program.Answer a = ask(input, List.of(arguments));
    if (a.status() != 0) {
      throw new IOException(
          "program 'git' failed with exit code "
              + a.status()
              + (a.err().isEmpty() ? "" : ": " + a.err()));
    }
    return a.out();
  }

  /** A line that a command prints, if it succeeds and prints one. */
  public Optional<String> line(String... arguments) throws IOException {
    Program.Answer a = ask("", List.of(arguments));
    return a.status() == 0 && !a.out().isBlank()
        ? Optional.of(a.out().lines().findFirst().orElseThrow())
        : Optional.empty();
  }
}
