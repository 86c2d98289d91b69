package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** What {@code nix-env} says of expressions that fail; the texts are those of Nix 2.26.3. */
class NixEnvErrorsTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  private static Path program;

  @BeforeAll
  static void prepare() {
    program = NixInstantiate.in(temp, BC).program().resolveSibling("nix-env");
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static String errors(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "-qa"));
    command.addAll(List.of(arguments));
    return Command.run(temp, Map.of("BC_ROOT", BC.root().toString()), command)
        .err()
        .replace(temp.toString(), "HERE")
        .strip();
  }

  @Test
  void theFileIsNamed() throws IOException {
    Files.writeString(temp.resolve("named.nix"), "{ }.a\n");
    assertEquals(
        """
        error:
               … while evaluating the file 'HERE/named.nix':

               error: attribute 'a' missing
               at HERE/named.nix:1:1:
                    1| { }.a
                     | ^
                    2|\
        """
            .strip(),
        errors("-f", "named.nix"));
  }

  @Test
  void filesOfFoldersAreImportedByNoText() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("folder"));
    Files.writeString(folder.resolve("a.nix"), "throw \"no\"\n");
    assertEquals(
        """
        error:
               … while calling the 'import' builtin

               … while evaluating the file 'HERE/folder/a.nix':

               … while calling the 'throw' builtin
                 at HERE/folder/a.nix:1:1:
                    1| throw "no"
                     | ^
                    2|

               error: no\
        """,
        errors("-f", "folder", "-A", "a"));
  }

  @Test
  void profilesAreNotThere() {
    String said =
        "error: there are no profiles here: 'bc build' leaves a link to what it has built, and"
            + " 'bc shell' finds the programs of packages\n"
            + "Try 'nix-env --help' for more information.";
    assertEquals(said, errors("-iA", "nixpkgs.hello"));
    assertEquals(said, errors("-e", "hello"));
    assertEquals(said, errors("--rollback"));
  }
}
