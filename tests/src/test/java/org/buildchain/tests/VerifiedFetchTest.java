package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code fetchGit} and flake inputs that say who must have signed the commit. Messages are those of
 * Nix 2.26.3 with the experimental feature {@code verified-fetches}.
 */
class VerifiedFetchTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  private static NixInstantiate nix;
  private static String first;
  private static String second;

  @BeforeAll
  static void prepare() throws IOException {
    nix = NixInstantiate.in(temp, BC);
    run("ssh-keygen", "-q", "-f", "one", "-t", "ed25519", "-N", "");
    run("ssh-keygen", "-q", "-f", "two", "-t", "rsa", "-N", "");
    first = Files.readString(temp.resolve("one.pub")).split(" ")[1];
    second = Files.readString(temp.resolve("two.pub")).split(" ")[1];
    repository("signed", "-S");
    repository("unsigned", "--no-gpg-sign");
    run("git", "clone", "-q", "--bare", "signed", "bare");
    run("cp", "-r", "signed", "changed");
    Files.writeString(temp.resolve("changed/text"), "other");
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static String run(String... command) {
    return Command.run(temp, Map.of("HOME", temp.toString()), List.of(command)).orFail().strip();
  }

  private static void repository(String name, String signing) throws IOException {
    run("git", "init", "-q", "-b", "main", name);
    Files.writeString(temp.resolve(name + "/text"), "hello");
    git(name, "add", "text");
    git(name, "commit", "-q", signing, "-m", "x");
  }

  private static String git(String repository, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", repository));
    for (String setting :
        List.of(
            "user.email=a@b.c",
            "user.name=A",
            "gpg.format=ssh",
            "user.signingkey=" + temp + "/one.pub")) {
      command.addAll(List.of("-c", setting));
    }
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static Command.Result fetch(String repository, String keys) {
    return eval(
        "(builtins.fetchGit { url = \"file://"
            + temp
            + "/"
            + repository
            + "\"; "
            + keys
            + " }).rev",
        "verified-fetches");
  }

  private static Command.Result eval(String expression, String features) {
    return nix.eval(
        Map.of("HOME", temp.toString()),
        expression,
        "--strict",
        "--option",
        "experimental-features",
        features);
  }

  private static void gives(String revision, Command.Result result) {
    assertEquals("\"" + revision + "\"", result.orFail().strip());
  }

  private static void fails(String message, Command.Result result) {
    assertEquals(1, result.status(), result.err());
    assertTrue(result.err().contains(message), result.err());
  }

  private static String failure(String repository) {
    return "error: Commit signature verification on commit "
        + git(repository, "rev-parse", "HEAD")
        + " failed:";
  }

  @Test
  void takesWhatAKeyHasSigned() {
    String revision = git("signed", "rev-parse", "HEAD");
    String one = "publicKey = \"" + first + "\";";
    String both =
        "publicKeys = [ { type = \"ssh-rsa\"; key = \"%s\"; } { key = \"%s\"; } ];"
            .formatted(second, first);
    gives(revision, fetch("signed", one));
    gives(revision, fetch("signed", one + " keytype = \"ssh-ed25519\"; ref = \"main\";"));
    gives(revision, fetch("signed", both));
    gives(revision, fetch("bare", one));
    gives(revision, fetch("changed", one + " rev = \"" + revision + "\";"));
    gives(revision, fetch("signed", one + " keytype = \"none\"; verifyCommit = false;"));
  }

  @Test
  void refusesAllElse() {
    String other = "keytype = \"ssh-rsa\"; publicKey = \"" + second + "\";";
    String said =
        failure("signed")
            + " Good \"git\" signature with ED25519 key "
            + run("ssh-keygen", "-lf", "one.pub").split(" ")[1]
            + "\n       No principal matched.";
    fails(said, fetch("signed", other));
    fails(said, fetch("bare", other));
    fails(said, fetch("signed", "verifyCommit = true;"));
    // What was taken with another key is not taken for it.
    fetch("signed", "publicKey = \"" + first + "\";").orFail();
    fails(said, fetch("signed", other));
    fails(failure("unsigned"), fetch("unsigned", "publicKey = \"" + first + "\";"));
    fails("', but it's dirty", fetch("changed", "publicKey = \"" + first + "\";"));
    fails(
        "error: Unknown key type 'ssh-foo'.\n       Please use one of\n       - ssh-dsa\n",
        fetch("signed", "keytype = \"ssh-foo\"; publicKey = \"" + first + "\";"));
    fails(
        "error: Expected JSON object to contain key 'key' but it doesn't: {}",
        fetch("signed", "publicKeys = [ { } ];"));
  }

  /** A text that a key of the user's own has signed is signed by nobody who was named. */
  @Test
  void theUsersOwnKeysDoNotCount() throws IOException {
    Path home = Files.createDirectories(temp.resolve("home"));
    Files.writeString(home.resolve("allowed"), "* ssh-ed25519 " + first + "\n");
    Files.writeString(
        home.resolve(".gitconfig"),
        "[gpg \"ssh\"]\nallowedSignersFile = " + home + "/allowed\nprogram = " + home + "/none\n");
    String expression =
        "(builtins.fetchGit { url = \"file://%s/signed\"; verifyCommit = true; }).rev"
            .formatted(temp);
    fails(
        "No principal matched.",
        nix.eval(
            Map.of("HOME", home.toString()),
            expression,
            "--option",
            "experimental-features",
            "verified-fetches"));
  }

  /** The threat: a working folder whose configuration says who verifies. */
  @Test
  void verifiersOfARepositoryDoNotRun() throws IOException {
    run("cp", "-r", "signed", "hostile");
    Path program = temp.resolve("verifier");
    Path ran = temp.resolve("ran");
    Files.writeString(program, "#!/bin/sh\ntouch " + ran + "\n");
    assertTrue(program.toFile().setExecutable(true));
    for (String name : List.of("gpg.program", "gpg.ssh.program")) {
      git("hostile", "config", name, program.toString());
    }
    fetch("hostile", "publicKey = \"" + first + "\";").orFail();
    assertFalse(Files.exists(ran));
    git("hostile", "config", "gpg.ssh.allowedSignersFile", "/dev/null");
    Command.run(temp, Map.of(), List.of("git", "-C", "hostile", "verify-commit", "HEAD"));
    assertTrue(Files.exists(ran), "the trap itself does not work");
  }

  @Test
  void needsTheFeature() {
    String disabled =
        "error: experimental Nix feature 'verified-fetches' is disabled; add"
            + " '--extra-experimental-features verified-fetches' to enable it";
    String url = "git+file://" + temp + "/signed?publicKey=" + first;
    fails(disabled, eval("builtins.fetchTree \"" + url + "\"", "flakes"));
    fails(disabled, eval("builtins.parseFlakeRef \"" + url + "\"", "flakes"));
    fails(disabled, eval("builtins.fetchGit { url = \"/x\"; publicKeys = [ ]; }", "flakes"));
  }

  @Test
  void inputsOfFlakes() throws IOException {
    Path flake = Files.createDirectories(temp.resolve("flake"));
    String text =
        """
        {
          inputs.test = { type = "git"; url = "file://%s/signed"; flake = false; %s };
          outputs = { test, ... }: { it = builtins.readFile (test + "/text"); };
        }
        """;
    Path file = flake.resolve("flake.nix");
    Files.writeString(file, text.formatted(temp, "publicKeys = [ { key = \"" + first + "\"; } ];"));
    assertEquals("hello", it(flake, "verified-fetches").orFail().strip());
    fails("'verified-fetches' is disabled", it(flake, ""));
    Files.writeString(
        file, text.formatted(temp, "publicKey = \"" + second + "\"; keytype = \"ssh-rsa\";"));
    fails("No principal matched.", it(flake, "verified-fetches"));
  }

  private static Command.Result it(Path flake, String features) {
    return BC.run(
        flake,
        "eval",
        "--raw",
        "path:" + flake + "#it",
        "--option",
        "experimental-features",
        features);
  }
}
