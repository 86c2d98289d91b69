package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Commands that name what they mean as Nix's newer ones do: {@code -f FILE ATTRIBUTE} and {@code
 * --expr EXPR ATTRIBUTE}. What Nix 2.26.3 printed stands in {@code resources/installables.txt}.
 */
class InstallablesTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  @AfterAll
  static void stop() {
    BC.close();
  }

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    return Transcript.tests("installables", BC, temp);
  }

  /** Likewise of commands on store objects: {@code resources/paths.txt}. */
  @TestFactory
  Stream<DynamicTest> ofObjectsAsNix() throws IOException {
    return Transcript.tests("paths", BC, temp);
  }

  /** Likewise of editors: {@code resources/edit.txt}. */
  @TestFactory
  Stream<DynamicTest> editorsAsNix() throws IOException {
    return Transcript.tests("edit", BC, Files.createDirectory(temp.toRealPath().resolve("edit")));
  }

  /** The links that Nix 2.26.3 leaves, and what it refuses. */
  @Test
  void aProfileKeepsWhatItLedToBefore() throws IOException {
    Path folder = Files.createDirectory(temp.toRealPath().resolve("profile"));
    Files.writeString(
        folder.resolve("p.nix"),
        """
        let one = name: derivation {
          inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo > $out" ];
          __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
        }; in { a = one "a"; b = one "b"; }
        """);
    String[] build = {"build", "--no-link", "-f", "p.nix", "--profile", "./prof"};
    for (String step : List.of("a=1", "a=1", "b=2", "b=2", "a=3")) {
      List<String> words = new ArrayList<>(List.of(build));
      words.add(step.substring(0, 1));
      String path = BC.run(folder, words.toArray(String[]::new)).orFail().strip();
      String link = "prof-" + step.substring(2) + "-link";
      assertEquals(link, Files.readSymbolicLink(folder.resolve("prof")).toString());
      assertEquals(BC.view(path), folder.resolve(link).toRealPath());
    }
    Command.Result two =
        BC.run(folder, "build", "--no-link", "-f", "p.nix", "a", "b", "--profile", "prof");
    assertEquals(1, two.status());
    assertEquals(
        "error: '--profile' requires that the arguments produce a single store path, but there are"
            + " 2",
        two.err().lines().toList().getLast());
  }

  /** As with Nix: words of standard input are arguments, and none of them is nothing to do. */
  @Test
  void argumentsComeFromStandardInput() throws IOException {
    Path folder = Files.createDirectory(temp.toRealPath().resolve("stdin"));
    Files.writeString(
        folder.resolve("p.nix"),
        """
        let one = name: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; };
        in { a = one "a"; b = one "b"; }
        """);
    Map<String, String> variables = Map.of("BC_ROOT", BC.root().toString());
    String build = "'" + Bc.program() + "' build -f p.nix --dry-run --json --stdin";
    for (String words : List.of("", "a", "a b")) {
      List<String> command = List.of("sh", "-c", "echo " + words + " | " + build);
      String json = Command.run(folder, variables, command).orFail();
      int wanted = words.isEmpty() ? 0 : words.split(" ").length;
      assertEquals(wanted, new ObjectMapper().readTree(json).size());
    }
  }

  /** The older spellings: expressions as arguments, and {@code -A}. */
  @Test
  void expressionsMayBeTheArguments() {
    assertEquals("3\n", BC.run(temp, "eval", "-E", "1 + 2").orFail());
    assertEquals("3\n4\n", BC.run(temp, "eval", "-E", "1 + 2", "2 + 2").orFail());
    assertEquals("3\n", BC.run(temp, "eval", "--expr", "--json", "1 + 2").orFail());
    assertEquals("3\n", BC.run(temp, "eval", "1 + 2", "--expr").orFail());
    assertEquals("3\n", BC.run(temp, "eval", "--expr", "{ a = 3; }", "-A", "a").orFail());
  }

  /** What the other commands take is what {@code build} takes. */
  @Test
  void allCommandsTakeThem() throws IOException {
    Path hello = Path.of("../examples/hello").toRealPath();
    String file = "{ a.hello = import " + hello + " { }; }";
    Path nix = Files.writeString(temp.resolve("hello.nix"), file);
    String path = BC.run(hello, "build", "--no-link").orFail();
    assertEquals(path, BC.run(temp, "build", "-f", "hello.nix", "a.hello").orFail());
    assertEquals(path, BC.run(temp, "build", "--no-link", "--expr", file, "a.hello").orFail());
    String said = "Hello, world!\n";
    assertEquals(said, BC.run(temp, "run", "-f", "hello.nix", "a.hello").orFail());
    assertEquals(
        "Hello, you!\n", BC.run(temp, "run", "--file", nix.toString(), "a.hello", "you").orFail());
    assertEquals(said, BC.run("shell", "-f", nix.toString(), "a.hello", "-c", "hello").orFail());
    String shell =
        "{ a.b = derivation { name = \"b\"; system = \"x86_64-linux\"; builder = \"/bin/bash\";"
            + " __impureHostDeps = [ \"/bin\" \"/usr\" \"/lib\" \"/lib64\" ];"
            + " PATH = \"/bin:/usr/bin\"; }; }";
    assertEquals(
        "b-env\n",
        BC.run("develop", "--expr", shell, "a.b", "-c", "sh", "-c", "echo $name").orFail());
  }

  /** What was built is found by what it was built from. */
  @Test
  void objectsAreNamedByAttributes() throws IOException {
    Path cache = temp.resolve("cache");
    String text =
        "{ a = derivation { name = \"said\"; system = \"x86_64-linux\"; builder = \"/bin/sh\";"
            + " args = [ \"-c\" \"echo said; echo > $out\" ];"
            + " __impureHostDeps = [ \"/bin\" \"/lib\" \"/lib64\" \"/usr\" ]; }; }";
    Files.writeString(temp.resolve("said.nix"), text);
    BC.run(temp, "copy", "--to", "file://" + cache, "-f", "said.nix", "a").orFail();
    String path = BC.run(temp, "path-info", "-f", "said.nix", "a").orFail();
    assertEquals(path, BC.run(temp, "build", "--no-link", "-f", "said.nix", "a").orFail());
    assertEquals("said\n", BC.run(temp, "log", "-f", "said.nix", "a").orFail());
    assertEquals("said\n", BC.run(temp, "log", "--expr", text, "a").orFail());
    String hash = path.substring("/nix/store/".length()).split("-", 2)[0];
    assertTrue(Files.exists(cache.resolve(hash + ".narinfo")));
    String object = BC.run(temp, "path-info", "--json", "-f", "said.nix", "a").orFail();
    JsonNode info = new ObjectMapper().readTree(object).get(path.strip());
    assertEquals(0, info.get("references").size());
  }
}
