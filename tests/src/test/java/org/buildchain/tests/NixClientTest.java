package org.buildchain.tests;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine's Nix, with a daemon of bc for its store. What it says is what the same program says
 * of its own store.
 */
final class NixClientTest {
  private static final String TWO =
      """
      let
        make = name: script: derivation {
          inherit name;
          system = "x86_64-linux";
          builder = "/bin/sh";
          args = [ "-c" script ];
          PATH = "/usr/bin:/bin";
          __impureHostDeps = [ "/bin" "/etc/alternatives" "/lib" "/lib64" "/usr" ];
        };
      in rec {
        lower = make "lower" "echo low line; echo low > $out";
        upper = make "upper" "mkdir $out; cat ${lower}; ln -s ${lower} $out/lower";
        short = make "short" "echo a short log; echo > $out";
        chatty = make "chatty" "seq 100000; echo > $out";
        failing = make "failing" "echo the last words; exit 3";
      }
      """;

  @TempDir static Path folder;
  private static Bc bc;

  @BeforeAll
  static void start() throws IOException {
    bc = new Bc();
    bc.run("daemon", "start").orFail();
    Files.writeString(folder.resolve("two.nix"), TWO);
  }

  @AfterAll
  static void stop() {
    bc.close();
  }

  /** A program of Nix whose store is bc's. */
  private static Command.Result nix(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    if (program.equals("nix")) {
      command.addAll(List.of("--extra-experimental-features", "nix-command"));
    }
    command.addAll(Arrays.asList(arguments));
    String store = "unix://" + bc.root() + "/nix/var/nix/daemon-socket/socket?root=" + bc.root();
    return Command.run(folder, Map.of("NIX_REMOTE", store), command);
  }

  private static String own(String program, String... arguments) {
    return Nix.run(folder, program, arguments).orFail();
  }

  private static TreeSet<String> lines(String text) {
    return new TreeSet<>(text.lines().toList());
  }

  @Test
  void buildsWhatNixBuilds() {
    Command.Result built = nix("nix-build", "two.nix", "-A", "upper", "-o", "result");
    String path = built.orFail().strip();
    assertEquals(own("nix-build", "--no-out-link", "two.nix", "-A", "upper").strip(), path);
    assertTrue(built.err().contains("low line\n"), built.err());
    assertTrue(Files.isSymbolicLink(folder.resolve("result")));
    for (String query : List.of("--references", "--requisites", "--hash", "--size", "--tree")) {
      assertEquals(
          own("nix-store", "-q", query, path), nix("nix-store", "-q", query, path).orFail());
    }
    String lower = nix("nix-store", "-q", "--references", path).orFail().strip();
    assertEquals(lines(path), lines(nix("nix-store", "-q", "--referrers", lower).orFail()));
    // What a link of the user's leads to stays, and what that needs.
    assertTrue(
        nix("nix-store", "--gc", "--print-roots")
            .orFail()
            .contains(folder.resolve("result") + " -> " + path));
    assertTrue(lines(nix("nix-store", "--gc", "--print-live").orFail()).contains(lower));
    Command.Result refused = nix("nix-store", "--delete", lower);
    assertEquals(1, refused.status());
    // As Nix 2.26.3 has it, but for the capital of the first word.
    assertTrue(
        refused
            .err()
            .contains(
                "annot delete path '"
                    + lower
                    + "' since it is still alive. To find out why, use: nix-store --query --roots"
                    + " and nix-store --query --referrers"),
        refused.err());
  }

  @Test
  void failuresAreTold() {
    Command.Result failed = nix("nix-build", "two.nix", "-A", "failing", "--no-out-link");
    assertNotEquals(0, failed.status());
    assertTrue(failed.err().contains("the last words\n"), failed.err());
    assertTrue(failed.err().contains("failed with exit code 3"), failed.err());
    // What a user of Nix is told to type, as Nix 2.26.3 prints it.
    String drv = nix("nix-instantiate", "two.nix", "-A", "failing").orFail().strip();
    assertTrue(
        failed
            .err()
            .contains(
                "       > the last words\n       For full logs, run:\n         nix log " + drv),
        failed.err());
  }

  /** Messages of Nix 2.26.3's daemon to the same commands. */
  @Test
  void whatIsDoneIsTold() throws IOException {
    Path file = Files.writeString(folder.resolve("told"), "told\n");
    String path = nix("nix-store", "--add", file.toString()).orFail().strip();
    Command.Result dead = nix("nix-store", "--gc", "--print-dead");
    assertEquals(
        List.of("finding garbage collector roots...", "determining live/dead paths..."),
        dead.err().lines().toList());
    Command.Result deleted = nix("nix-store", "--delete", path);
    assertEquals(
        List.of("finding garbage collector roots...", "deleting '" + path + "'"),
        deleted.err().lines().toList());
    assertEquals(
        List.of(
            "reading the Nix store...", "checking path existence...", "checking store hashes..."),
        nix("nix-store", "--verify", "--check-contents").err().lines().toList());
    // An output that a derivation lacks does not make the derivation unknown.
    String drv = nix("nix-instantiate", "two.nix", "-A", "short").orFail().strip();
    Command.Result lacking = nix("nix-store", "-r", drv + "!nope");
    assertEquals(1, lacking.status());
    assertEquals(
        "error: derivation '" + drv + "' does not have wanted outputs 'nope'",
        lacking.err().strip());
  }

  /** The client reads them itself: short ones as they are, long ones as bzip2. */
  @Test
  void logsAreWhereNixReadsThem() {
    for (String name : List.of("short", "failing", "chatty")) {
      nix("nix-build", "two.nix", "-A", name, "--no-out-link");
      String drv = nix("nix-instantiate", "two.nix", "-A", name).orFail().strip();
      String expected =
          switch (name) {
            case "short" -> "a short log\n";
            case "failing" -> "the last words\n";
            default -> IntStream.rangeClosed(1, 100_000).mapToObj(i -> i + "\n").collect(joining());
          };
      assertEquals(expected, nix("nix-store", "--read-log", drv).orFail());
      assertEquals(expected, bc.run("log", drv).orFail());
    }
  }

  @Test
  void addedFilesAreWhereNixHasThem() throws IOException {
    Path file = Files.writeString(folder.resolve("added"), "some content\n");
    Path tree = Files.createDirectories(folder.resolve("tree/below")).getParent();
    Files.writeString(tree.resolve("below/file"), "x".repeat(3_000_000));
    for (Path added : List.of(file, tree)) {
      String path = nix("nix-store", "--add", added.toString()).orFail().strip();
      assertEquals(own("nix-store", "--add", added.toString()).strip(), path);
      assertEquals(
          own("nix-store", "-q", "--hash", path), nix("nix-store", "-q", "--hash", path).orFail());
    }
    for (String algorithm : List.of("sha1", "sha256")) {
      String path = nix("nix-store", "--add-fixed", algorithm, file.toString()).orFail();
      assertEquals(own("nix-store", "--add-fixed", algorithm, file.toString()), path);
    }
  }

  @Test
  void garbageGoes() throws IOException {
    Path file = Files.writeString(folder.resolve("garbage"), "to be collected\n");
    String path = nix("nix-store", "--add", file.toString()).orFail().strip();
    assertTrue(lines(nix("nix-store", "--gc", "--print-dead").orFail()).contains(path));
    nix("nix-store", "--delete", path).orFail();
    assertNotEquals(0, nix("nix-store", "--check-validity", path).status());
  }

  @Test
  void pathsAreCopiedInAndOut() throws IOException {
    Path file = Files.writeString(folder.resolve("copied"), "copied content\n");
    String path = own("nix-store", "--add", file.toString()).strip();
    String store = "unix://" + bc.root() + "/nix/var/nix/daemon-socket/socket?root=" + bc.root();
    Nix.run(
            folder,
            "nix",
            "--extra-experimental-features",
            "nix-command",
            "copy",
            "--to",
            store,
            path)
        .orFail();
    assertEquals("copied content\n", Files.readString(bc.view(path)));
    Path cache = folder.resolve("cache");
    nix("nix", "copy", "--to", "file://" + cache, path).orFail();
    String hash = path.substring("/nix/store/".length()).substring(0, 32);
    assertTrue(Files.exists(cache.resolve(hash + ".narinfo")));
  }

  @Test
  void signaturesAreKept() throws IOException {
    Path file = Files.writeString(folder.resolve("signed"), "signed content\n");
    String path = nix("nix-store", "--add", file.toString()).orFail().strip();
    Path key = folder.resolve("key");
    Files.writeString(
        key,
        own(
            "nix",
            "--extra-experimental-features",
            "nix-command",
            "key",
            "generate-secret",
            "--key-name",
            "test-1"));
    nix("nix", "store", "sign", "--key-file", key.toString(), path).orFail();
    assertTrue(nix("nix", "path-info", "--sigs", path).orFail().contains(" test-1:"));
  }

  @Test
  void theStoreIsVerified() {
    assertEquals(0, nix("nix-store", "--verify", "--check-contents").status());
    nix("nix-store", "--optimise").orFail();
    assertTrue(nix("nix", "store", "ping").orFail().isEmpty());
  }
}
