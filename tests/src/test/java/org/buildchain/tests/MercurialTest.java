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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code fetchMercurial} of what {@code resources/mercurial.sh} makes: values and messages of Nix
 * 2.26.3, which stand in {@code resources/mercurial.txt}.
 */
class MercurialTest {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  private static String at;
  private static NixInstantiate nix;

  @BeforeAll
  static void prepare() throws IOException {
    nix = NixInstantiate.in(temp, BC);
    Path made = Files.createDirectories(temp.resolve("made"));
    Command.run(made, Map.of(), List.of("sh", RESOURCES.resolve("mercurial.sh").toString()))
        .orFail();
    at = made.toString();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Command.Result eval(String asked, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--strict", "--extra-experimental-features", "flakes"));
    return nix.eval(Map.of(), asked, all.toArray(String[]::new));
  }

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    return NixAnswers.tests(RESOURCES.resolve("mercurial.txt"), at, MercurialTest::eval);
  }

  @Test
  void saysWhatMercurialSays() {
    String err =
        eval("builtins.fetchMercurial { url = \"file://" + at + "/main\"; rev = \"gone\"; }").err();
    assertTrue(err.contains("abort: unknown revision 'gone'"), err);
    String dirty = eval("(builtins.fetchMercurial " + at + "/dirty).branch").err();
    assertEquals("warning: Mercurial tree '" + at + "/dirty' is unclean", dirty.strip());
  }

  private static void hg(Path repository, String command) {
    List<String> words = new ArrayList<>(List.of("hg"));
    words.addAll(List.of(command.split(" ")));
    Command.run(repository, Map.of("HGRCPATH", "/dev/null", "HGUSER", "a"), words).orFail();
  }

  /** What a branch is at is believed for a time, as Nix does; with no time, looked up. */
  @Test
  void branchesAreLookedUpAgain() throws IOException {
    Path repository = temp.resolve("grows");
    Files.createDirectories(repository);
    Files.writeString(repository.resolve("a"), "a");
    for (String command : List.of("init", "branch x", "commit -A -m one")) {
      hg(repository, command);
    }
    String count = "(builtins.fetchMercurial { url = " + repository + "; rev = \"x\"; }).revCount";
    assertEquals("0", eval(count).orFail().strip());
    hg(repository, "tag t");
    assertEquals("0", eval(count).orFail().strip());
    assertEquals("1", eval(count, "--option", "tarball-ttl", "0").orFail().strip());
  }

  @Test
  void programsOfTheRepositoryDoNotRun() {
    eval("builtins.fetchMercurial " + at + "/hostile").orFail();
    assertFalse(Files.exists(Path.of(at, "ran")));
  }
}
