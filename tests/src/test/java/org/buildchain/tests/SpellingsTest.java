package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nix's words for what bc has under another name. What Nix 2.26.3 printed stands in {@code
 * resources/spellings.txt}.
 */
class SpellingsTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  @AfterAll
  static void stop() {
    BC.close();
  }

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    return Transcript.tests("spellings", BC, temp);
  }

  /** {@code search}, without colours and what is told on the way: {@code resources/search.txt}. */
  @TestFactory
  Stream<DynamicTest> searchesAsNix() throws IOException {
    return Transcript.tests("search", BC, Files.createDirectory(temp.resolve("search")));
  }

  /** What programs find in their environment: {@code resources/programs.txt}. */
  @TestFactory
  Stream<DynamicTest> becomesAsNix() throws IOException {
    return Transcript.tests("programs", BC, Files.createDirectory(temp.resolve("programs")));
  }

  /** Builders' environments: {@code resources/develop.txt}. */
  @TestFactory
  Stream<DynamicTest> developsAsNix() throws IOException {
    return Transcript.tests("develop", BC, Files.createDirectory(temp.resolve("develop")));
  }

  /** What stands behind a program's name is the program's. */
  @Test
  void argumentsOfProgramsStay() throws IOException {
    String hello = Path.of("../examples/hello").toRealPath().toString();
    assertEquals("Hello, --quiet!\n", BC.run("run", "--quiet", hello, "--quiet").orFail());
    assertEquals("Hello, -v!\n", BC.run("shell", "-v", hello, "-c", "hello", "-v").orFail());
    assertEquals("Hello, -v!\n", BC.run("env", "shell", hello, "-c", "hello", "-v").orFail());
  }

  @ParameterizedTest
  @ValueSource(strings = {"profile list", "registry list", "upgrade-nix", "store optimise"})
  void whatIsNotThereHasSomethingInstead(String command) {
    Command.Result result = BC.run(command.split(" "));
    assertEquals(1, result.status());
    String first = result.err().lines().findFirst().orElse("");
    assertTrue(first.matches("error: .*; .*(bc|~/.config|nothing to do).*"), first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--from", "--to"})
  void whereCopiesGoIsListed(String option) {
    String path = "/nix/store/ghbw6890jgfz5bvnrhnsks004n91w937-top";
    Command.Result result = BC.run("copy", option, "htp://x", path);
    assertEquals(1, result.status());
    Stream.of(
            "htp://x", "http://", "https://", "s3://", "file://", "unix://", "ssh-ng://", "ssh://")
        .forEach(scheme -> assertTrue(result.err().contains("'" + scheme + "'"), result.err()));
  }
}
