package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What commands of Nix printed: a file with lines {@code $ COMMAND}, each followed by those of
 * standard output ({@code > }) and of standard error ({@code ! }), and by the exit status where
 * that is not 0 ({@code = }). The shell's word {@code bc} stands for {@code nix}, and {@code @} for
 * the folder.
 */
final class Transcript {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();

  private final Bc bc;
  private final Path folder;

  private Transcript(Bc bc, Path folder) {
    this.bc = bc;
    this.folder = folder;
  }

  /**
   * A test for each command, run one after the other.
   *
   * @param name of the transcript, {@code resources/NAME.txt}, and of the script beside it, {@code
   *     NAME.sh}, that makes the files which the commands name, in {@code folder}
   * @param folder by its real path
   */
  static Stream<DynamicTest> tests(String name, Bc bc, Path folder) throws IOException {
    String script = RESOURCES.resolve(name + ".sh").toString();
    Command.run(folder, Map.of(), List.of("sh", script)).orFail();
    Transcript of = new Transcript(bc, folder);
    List<String> lines = Files.readAllLines(RESOURCES.resolve(name + ".txt"));
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("$ ")) {
        List<String> said =
            lines.subList(i + 1, lines.size()).stream()
                .takeWhile(l -> !l.startsWith("$ "))
                .filter(Transcript::counts)
                .toList();
        String command = lines.get(i).substring(2);
        tests.add(dynamicTest(command, () -> assertEquals(said, of.said(command))));
      }
    }
    return tests.stream();
  }

  private List<String> said(String command) {
    String named = "bc() { '" + Bc.program() + "' \"$@\"; }\n" + command;
    Map<String, String> variables =
        Map.of("BC_ROOT", bc.root().toString(), "HOME", folder.resolve("home").toString());
    Command.Result result = Command.run(folder, variables, List.of("sh", "-c", named));
    List<String> said = new ArrayList<>();
    result.out().lines().forEach(l -> said.add("> " + l));
    result.err().lines().forEach(l -> said.add(("! " + l).stripTrailing()));
    if (result.status() != 0) {
      said.add("= " + result.status());
    }
    return said.stream()
        .map(l -> l.replace(folder.toString(), "@"))
        .filter(Transcript::counts)
        .toList();
  }

  /** Where to read more, each says in its own words, and what is built now. */
  private static boolean counts(String line) {
    return Stream.of("! Try '", "! this derivation will be", "!   /nix/store/", "! building '")
        .noneMatch(line::startsWith);
  }
}
