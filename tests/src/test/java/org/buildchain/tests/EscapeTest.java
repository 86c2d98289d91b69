package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The escape suite, {@code tests/escape}: every attempt succeeds on the machine as it is, and fails
 * as a derivation, whether bc runs as root or as an ordinary user.
 */
class EscapeTest {
  private static final Path SUITE = Path.of("escape").toAbsolutePath();

  /** What a kernel may be built without; there is nothing to attempt then. */
  private static final Set<String> MAY_BE_ABSENT =
      Set.of(
          "bpf",
          "fanotify",
          "io-ports",
          "io-uring",
          "kexec",
          "load-module",
          "perf",
          "quotactl",
          "acct",
          "swapon",
          "unload-module",
          "userfaultfd",
          "write-sysrq");

  private static Path place;
  private static Path attempt;

  @BeforeAll
  static void compile() throws IOException {
    place = Files.createTempDirectory(Path.of("/tmp"), "bc-escape-test");
    attempt = place.resolve("attempt");
    Command.run(
            SUITE,
            Map.of(),
            List.of(
                "sh",
                "-c",
                "cc -std=gnu17 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -static -o '"
                    + attempt
                    + "' *.c && cp run suite.nix '"
                    + place
                    + "' && chmod -R a+rX '"
                    + place
                    + "'"))
        .orFail();
  }

  @AfterAll
  static void clear() {
    Command.run(Path.of("/"), Map.of(), List.of("rm", "-rf", place.toString())).orFail();
  }

  private static SortedMap<String, String> verdicts(String lines) {
    SortedMap<String, String> verdicts = new TreeMap<>();
    for (String line : lines.strip().split("\n")) {
      String[] fields = line.split("\t");
      assertEquals(2, fields.length, lines);
      verdicts.put(fields[0], fields[1]);
    }
    return verdicts;
  }

  private static SortedSet<String> of(SortedMap<String, String> verdicts, String verdict) {
    SortedSet<String> names = new TreeSet<>(verdicts.keySet());
    names.removeIf(name -> !verdicts.get(name).equals(verdict));
    return names;
  }

  private static SortedMap<String, String> run(
      String system, Map<String, String> variables, String... prefix) {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.addAll(List.of("sh", place.resolve("run").toString(), system));
    Map<String, String> all = new TreeMap<>(variables);
    all.put("ATTEMPT", attempt.toString());
    return verdicts(Command.run(place, all, command).orFail());
  }

  @Test
  void everyAttemptSucceedsOutside() {
    SortedMap<String, String> verdicts = run("outside", Map.of());
    assertTrue(verdicts.size() >= 100, verdicts.toString());
    assertEquals(new TreeSet<>(), of(verdicts, "held"));
    SortedSet<String> absent = of(verdicts, "absent");
    absent.removeAll(MAY_BE_ABSENT);
    assertEquals(new TreeSet<>(), absent);
  }

  @Test
  void noneSucceedsInside() {
    assertNoneSucceeds(Bc.program());
  }

  @Test
  void noneSucceedsInsideForAnOrdinaryUser() throws IOException {
    // The project may stand where such a user cannot go.
    Path copy = place.resolve("installed");
    Path home = Files.createDirectory(place.resolve("home"));
    String name = "bc-escape-" + ProcessHandle.current().pid();
    InstallTest.install(Map.of(), copy.toString()).orFail();
    shell(
        "useradd --no-create-home --home-dir '"
            + home
            + "' "
            + name
            + " && chown "
            + name
            + " '"
            + home
            + "'");
    try {
      assertNoneSucceeds(
          copy.resolve("bin/bc"),
          "setpriv",
          "--reuid=" + name,
          "--regid=" + name,
          "--init-groups",
          "env",
          "HOME=" + home,
          "USER=" + name);
    } finally {
      shell("userdel " + name);
    }
  }

  private static void assertNoneSucceeds(Path bc, String... prefix) {
    SortedMap<String, String> verdicts = run("bc", Map.of("BC", bc.toString()), prefix);
    assertTrue(verdicts.size() >= 100, verdicts.toString());
    // Without control groups each process has bounds of its own, and a build has many.
    assertEquals(
        hasControlGroups(bc, prefix)
            ? new TreeSet<>()
            : new TreeSet<>(Set.of("memory-bomb-of-many")),
        of(verdicts, "escaped"));
  }

  private static boolean hasControlGroups(Path bc, String... prefix) {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.addAll(
        List.of(
            "sh",
            "-c",
            "BC_ROOT=$(mktemp -d /tmp/bc-escape-doctor.XXXXXX); export BC_ROOT; '"
                + bc
                + "' doctor; '"
                + bc
                + "' daemon stop; rm -rf \"$BC_ROOT\""));
    return Command.run(place, Map.of(), command).out().contains("control groups of version");
  }

  private static void shell(String script) {
    Command.run(place, Map.of(), List.of("sh", "-c", script)).orFail();
  }
}
