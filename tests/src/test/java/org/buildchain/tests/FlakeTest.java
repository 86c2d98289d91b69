package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
 * {@code getFlake} of what {@code resources/flakes.sh} makes: values and messages of Nix 2.26.3,
 * which stand in {@code resources/flakes.txt}.
 */
class FlakeTest {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  private static String at;
  private static NixInstantiate nix;

  @BeforeAll
  static void prepare() {
    nix = NixInstantiate.in(temp, BC);
    at = make("made").toString();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Path make(String name) {
    try {
      Path folder = Files.createDirectories(temp.resolve(name));
      Command.run(folder, Map.of(), List.of("sh", RESOURCES.resolve("flakes.sh").toString()))
          .orFail();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Command.Result eval(String asked) {
    return eval(asked, Map.of("HOME", at + "/home"));
  }

  private static Command.Result eval(String asked, Map<String, String> variables) {
    return nix.eval(
        variables,
        asked,
        "--strict",
        "--extra-experimental-features",
        "flakes",
        "--option",
        "flake-registry",
        "");
  }

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    return NixAnswers.tests(RESOURCES.resolve("flakes.txt"), at, FlakeTest::eval);
  }

  /** What Nix says of inputs that are in no lock file. */
  @Test
  void saysWhatItWouldLock() {
    assertEquals(
        String.join(
                "\n",
                "warning: not writing modified lock file of flake 'path:@/family':",
                "• Added input 'both':",
                "    'path:./both'",
                "• Added input 'both/x':",
                "    follows 'child'",
                "• Added input 'child':",
                "    'path:./child'",
                "• Added input 'path':",
                "    'path:child'",
                "• Added input 'text':",
                "    'path:./text'")
            .replace("@", at),
        eval("(builtins.getFlake \"path:" + at + "/family\").same").err().strip());
    String overrides = eval("(builtins.getFlake \"path:" + at + "/overrides\").value").err();
    assertTrue(
        overrides.contains(
            "warning: input 'family' has an override for a non-existent input 'nosuch'"),
        overrides);
  }

  /** A folder stands for its default.nix, or else for the flake that it is in. */
  @Test
  void aFolderWithNoExpressionIsItsFlake() throws IOException {
    Path flake = Files.createDirectories(temp.resolve("alone/below")).getParent();
    Files.writeString(
        flake.resolve("flake.nix"),
        "{ outputs = _: { packages.x86_64-linux = { default = 1; a = 2; }; }; }");
    assertEquals("1\n", BC.run(flake, "eval").orFail());
    assertEquals("1\n", BC.run(flake, "eval", ".").orFail());
    assertEquals("1\n", BC.run(flake, "eval", "below").orFail());
    assertEquals("1\n", BC.run("eval", flake.toString()).orFail());
    assertEquals("1\n", BC.run("eval", "path:" + flake).orFail());
    assertEquals("2\n", BC.run(flake, "eval", "path:.#a").orFail());
    assertEquals(
        "error: '.' is a flake: say '.#a', not -A",
        BC.run(flake, "eval", ".", "-A", "a").err().strip());
    Files.writeString(flake.resolve("default.nix"), "3");
    assertEquals("3\n", BC.run(flake, "eval").orFail());
  }

  /**
   * A folder in a store object is read from the store, which need not be shown where its paths say.
   * The values are those of {@code nix-instantiate --eval --strict --read-write-mode}.
   */
  @Test
  void whatIsInTheStoreIsAnInput() {
    String whole =
        "let whole = builtins.unsafeDiscardStringContext (builtins.path { name = \"whole\"; path = "
            + at
            + "/%s; }); in ";
    assertEquals(
        "[ \"child\" 1 \"sha256-UzeOIZDfiiJpJnJM69+HPjiKS0h4WvuGa5BVGxAmDiE=\" ]",
        stored(
                whole.formatted("family")
                    + "let f = builtins.getFlake \"path:${whole}/child\";"
                    + " in [ f.name f.lastModified f.narHash ]")
            .orFail()
            .strip());
    assertEquals(
        "[ \"/nix/store/ngwkqh62igzrq2r2qpaf3mfqq8f5pvyb-whole\" 1"
            + " \"sha256-235uJwcDYhVO8DOd7lSrE2tPv1obZgxtwFDfaMXoGsU=\""
            + " \"/nix/store/7292q8a5zarzlhhw9avjc49y935inpm3-source\" ]",
        stored(
                whole.formatted("plain")
                    + "let t = builtins.fetchTree { type = \"path\"; path = whole; };"
                    + " in [ whole t.lastModified t.narHash t.outPath ]")
            .orFail()
            .strip());
    String missing =
        stored(whole.formatted("plain") + "builtins.getFlake \"path:${whole}/nosuch\"").err();
    assertTrue(
        missing.contains(
            "error: path '//nix/store/ngwkqh62igzrq2r2qpaf3mfqq8f5pvyb-whole/nosuch' does not"
                + " exist"),
        missing);
  }

  private static Command.Result stored(String asked) {
    return BC.run("eval", "--extra-experimental-features", "flakes", "-E", asked);
  }

  /** As for nix eval: none of these without the feature, and later options add to earlier ones. */
  @Test
  void featuresAreNamedByOptions() {
    String asked = "builtins ? getFlake && builtins ? fetchClosure";
    assertEquals("false", BC.run("eval", "-E", asked).orFail().strip());
    assertEquals(
        "true",
        BC.run(
                "eval",
                "--extra-experimental-features",
                "flakes",
                "--extra-experimental-features",
                "nix-command fetch-closure",
                "-E",
                asked)
            .orFail()
            .strip());
    assertEquals(
        "false", BC.run("eval", "--experimental-features", "flakes", "-E", asked).orFail().strip());
  }

  /** The daemon keeps what it has evaluated, and must see each file change that it came from. */
  @Test
  void changedFlakesAreReadAgain() throws IOException {
    Path made = make("changing");
    String names = "(builtins.getFlake \"path:" + made + "/family\").name";
    assertEquals("\"child\"", eval(names).orFail().strip());
    Files.writeString(made.resolve("family/child/flake.nix"), "{ outputs = _: { name = 2; }; }");
    assertEquals("2", eval(names).orFail().strip());
    Path locked = made.resolve("locked");
    String info = "(builtins.getFlake \"path:" + locked + "\").info.lastModified";
    assertEquals("1400000000", eval(info).orFail().strip());
    Path lock = locked.resolve("flake.lock");
    Files.writeString(lock, Files.readString(lock).replace("1400000000", "1300000000"));
    assertEquals("1300000000", eval(info).orFail().strip());
    Path flake = locked.resolve("flake.nix");
    Files.writeString(
        flake, Files.readString(flake).replace("inherit (plain) value info;", "info = plain;"));
    assertEquals("1300000000", eval(info).orFail().strip());
    assertTrue(eval(info.replace("lastModified", "value")).orFail().strip().equals("1"));
    Files.delete(lock);
    assertTrue(eval(info).err().contains("/gone' does not exist"));
  }

  @Test
  void changedRegistriesAreReadAgain() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("registry"));
    String names = "builtins.attrNames (builtins.getFlake \"changing\").outputs";
    String entry =
        """
        {"version": %d, "flakes": [{"from": {"type": "indirect", "id": "changing"},
          "to": {"type": "path", "path": "%s"}}]}
        """;
    Map<String, String> env = Map.of("NIX_CONF_DIR", folder.toString());
    Path registry = folder.resolve("registry.json");
    Files.writeString(registry, entry.formatted(2, at + "/family/child"));
    assertEquals("[ \"name\" ]", eval(names, env).orFail().strip());
    Files.writeString(registry, entry.formatted(2, at + "/version"));
    assertTrue(eval(names, env).err().contains("has unsupported version 8"));
    Files.writeString(registry, entry.formatted(1, at + "/family/child"));
    assertEquals(
        "warning: cannot read flake registry '"
            + registry
            + "': flake registry '"
            + registry
            + "' has unsupported version 1",
        eval(names, env).err().lines().findFirst().orElseThrow());
  }

  /** On this Nix overflows its stack. */
  @Test
  void lockFilesInCirclesEnd() {
    assertTrue(
        eval("(builtins.getFlake \"path:" + at + "/ring\").outputs")
            .err()
            .contains("error: inputs of flakes are nested more than 200 deep"));
  }

  /** What {@code nix eval} of Nix 2.26.3 prints in the same folder. */
  @Test
  void commandsNameOutputs() {
    Path tool = Path.of(at).resolve("tool");
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put(".#", "«derivation /nix/store/yg4k2ginmni60flrama1ij18w96hf0a7-default.drv»");
    expected.put(".#a", "«derivation /nix/store/7g5giqf764p3y3zv7a8rqsy9sqqq5kw4-a.drv»");
    expected.put(".#.a", "5");
    expected.put("./sub#n", "6");
    expected.put("path:.#n", "6");
    expected.put("#n", "6");
    expected.put(tool + "#n", "6");
    expected.put("./flake.nix#n", "6");
    expected.put(".#b.c.name", "\"bc\"");
    expected.put(".#packages.x86_64-linux.a.name", "\"a\"");
    expected.put(".#system", "false");
    expected.put(".#flakes", "true");
    expected.put(".#home", "\"\"");
    expected.put("/#n", "error: could not find a flake.nix file");
    expected.put(
        ".#nosuch",
        "error: flake 'path:"
            + tool
            + "' does not provide attribute 'packages.x86_64-linux.nosuch',"
            + " 'legacyPackages.x86_64-linux.nosuch' or 'nosuch'");
    expected.forEach(
        (asked, answer) -> {
          Command.Result result = BC.run(tool, "eval", asked);
          assertEquals(answer, (result.out() + result.err()).strip(), asked);
        });
    assertEquals("true", BC.run(tool, "eval", "--impure", ".#system").orFail().strip());
    assertEquals(
        "/nix/store/7g5giqf764p3y3zv7a8rqsy9sqqq5kw4-a.drv",
        BC.run(tool, "instantiate", ".#a").orFail().strip());
    assertEquals(
        "error: expected flake output attribute 'set' to be a derivation or path but found a set:"
            + " { }",
        BC.run(tool, "build", ".#set").err().strip());
  }

  /** A folder in a repository is what git tracks of it. */
  @Test
  void commandsSeeWhatGitTracks() throws IOException {
    Path repo = make("tracked").resolve("repo");
    assertEquals("\"up\"", BC.run(repo.resolve("dir"), "eval", ".#up").orFail().strip());
    Files.writeString(repo.resolve("flake.nix"), "{ outputs = _: import ./new.nix; }");
    Files.writeString(repo.resolve("new.nix"), "{ x = 1; }");
    assertEquals(1, BC.run(repo, "eval", ".#x").status());
    Command.run(repo, Map.of(), List.of("git", "add", "new.nix")).orFail();
    assertEquals("1", BC.run(repo, "eval", ".#x").orFail().strip());
  }
}
