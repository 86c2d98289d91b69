package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code resources/locking.sh} does to lock files: {@code resources/locking.txt} has what Nix
 * 2.26.3 said and wrote.
 */
class LockingTest {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    Path script = RESOURCES.resolve("locking.sh");
    try (Bc bc = new Bc()) {
      Map<String, String> variables =
          Map.of("BC_ROOT", bc.root().toString(), "PROGRAM", Bc.program().toString());
      String said =
          Command.run(
                  temp,
                  variables,
                  List.of("sh", script.toString(), temp.toString(), RESOURCES.toString()))
              .orFail();
      Map<String, String> expected = parts(Files.readString(RESOURCES.resolve("locking.txt")));
      Map<String, String> got = parts(said);
      assertEquals(expected.keySet(), got.keySet());
      return expected.keySet().stream()
          .map(
              name ->
                  DynamicTest.dynamicTest(
                      name, () -> assertEquals(expected.get(name), got.get(name))));
    }
  }

  /** What stands below each line {@code # TITLE}. */
  private static Map<String, String> parts(String text) {
    Map<String, String> parts = new LinkedHashMap<>();
    String title = "";
    for (String line : text.lines().toList()) {
      if (line.startsWith("# ")) {
        title = line;
      } else {
        parts.merge(title, line + "\n", String::concat);
      }
    }
    return parts;
  }
}
