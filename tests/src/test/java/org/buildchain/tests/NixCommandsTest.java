package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of {@code resources/nix-commands.txt}, by bc under Nix's names and by the machine's
 * Nix: the same standard output and exit status. Later lines use what earlier ones have left.
 */
class NixCommandsTest {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  private static Path ours;
  private static Path theirs;
  private static Path links;

  @BeforeAll
  static void prepare() throws IOException {
    ours = Files.createDirectories(temp.resolve("bc/work"));
    theirs = Files.createDirectories(temp.resolve("nix/work"));
    links = temp.resolve("links");
    for (Path folder : List.of(ours, theirs)) {
      Files.copy(RESOURCES.resolve("nix-commands.nix"), folder.resolve("default.nix"));
    }
    BC.run("link-nix-commands", links.toString()).orFail();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  @TestFactory
  Stream<DynamicTest> command() throws IOException {
    return Files.readAllLines(RESOURCES.resolve("nix-commands.txt")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> dynamicTest(line, () -> compare(line)));
  }

  private static void compare(String line) {
    Map<String, String> shared = new HashMap<>();
    shared.put("NIX_BUILD_SHELL", "bash");
    shared.put(
        "NIX_CONFIG",
        "substitute = false\nsandbox = true\nbuild-users-group =\nallowed-impure-host-deps = "
            + Nix.HOST_PATHS);
    Command.Result expected = run(theirs, shared, line);
    Map<String, String> variables = new HashMap<>(shared);
    variables.put("BC_ROOT", BC.root().toString());
    variables.put("PATH", links + ":" + System.getenv("PATH"));
    Command.Result actual = run(ours, variables, line);
    assertEquals(expected.out(), actual.out().replace(ours.toString(), theirs.toString()), line);
    assertEquals(expected.status(), actual.status(), () -> actual.out() + actual.err());
  }

  private static Command.Result run(Path folder, Map<String, String> variables, String line) {
    return Command.run(folder, variables, List.of("sh", "-c", line));
  }
}
