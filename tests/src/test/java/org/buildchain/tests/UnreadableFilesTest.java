package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an evaluation says of files that its daemon may not read. Expected values: Nix 2.26.3, run
 * by a user who may not. Runs as root, which gives up its right to read everything.
 */
class UnreadableFilesTest {
  private static final Bc BC = new Bc();
  @TempDir static Path folder;

  @BeforeAll
  static void files() throws IOException {
    for (String file : List.of("f", "d1/g", "d2/sub/h", "d3/i")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), file);
    }
    for (String closed : List.of("f", "d1/g", "d2/sub", "d3")) {
      Files.setPosixFilePermissions(folder.resolve(closed), Set.of());
    }
  }

  @AfterAll
  static void end() throws IOException {
    BC.close();
    for (String closed : List.of("d2/sub", "d3")) {
      Files.setPosixFilePermissions(
          folder.resolve(closed), PosixFilePermissions.fromString("rwx------"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "${./f}"                                   | opening file 'DIR/f'
          "${./d1}"                                  | opening file 'DIR/d1/g'
          "${./d2}"                                  | reading directory DIR/d2/sub
          "${./d3}"                                  | reading directory DIR/d3
          "${./d3/i}"                                | getting status of 'DIR/d3/i'
          import ./f                                 | opening file 'DIR/f'
          import ./d3/i                              | getting status of 'DIR/d3/i'
          builtins.readFile ./f                      | opening file 'DIR/f'
          builtins.readFile ./d3/i                   | getting status of 'DIR/d3/i'
          builtins.readDir ./d3                      | reading directory DIR/d3
          builtins.pathExists ./d3/i                 | getting status of 'DIR/d3/i'
          builtins.path { path = ./d1; }             | opening file 'DIR/d1/g'
          builtins.filterSource (p: t: true) ./d2    | reading directory DIR/d2/sub
          builtins.readFileType ./d3/i               | getting status of 'DIR/d3/i'
          builtins.hashFile "sha256" ./f             | opening file 'DIR/f'
          """)
  void areNamedWithWhatCouldNotBeDone(String expression, String expected) {
    List<String> line =
        List.of(
            "setpriv",
            "--bounding-set=-dac_override,-dac_read_search",
            Bc.program().toString(),
            "eval",
            "-E",
            expression);
    Command.Result result =
        Command.run(folder, Map.of("BC_ROOT", BC.root().toString(), "LC_ALL", "C"), line);
    assertEquals(1, result.status(), result.out());
    assertEquals(
        expected.replace("DIR", folder.toString()) + ": Permission denied",
        result.err().strip().lines().toList().getLast().strip().replaceFirst("^error: ", ""));
  }
}
