package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nix-instantiate --eval} writes no derivations, so it builds none that nobody wrote. */
class ReadOnlyEvaluationTest {
  private static final String DERIVATION =
      "derivation { name = \"x\"; system = \"x86_64-linux\"; builder = \"/bin/sh\";"
          + " __impureHostDeps = [ \"/bin\" \"/lib\" \"/lib64\" \"/usr\" ];"
          + " args = [ \"-c\" \"echo 1 > $out\" ]; input = INPUT; }";
  private static final String INPUT =
      "derivation { name = \"y\"; system = \"x86_64-linux\"; builder = \"/bin/sh\";"
          + " __impureHostDeps = [ \"/bin\" \"/lib\" \"/lib64\" \"/usr\" ];"
          + " args = [ \"-c\" \"echo 1 > $out\" ]; }";
  private static final String WHOLE = DERIVATION.replace("INPUT", INPUT);
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  private static NixInstantiate nix;

  @BeforeAll
  static void prepare() {
    nix = NixInstantiate.in(temp, BC);
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Command.Result eval(String expression, String... options) {
    return nix.eval(Map.of(), expression, options);
  }

  /** The message is that of Nix 2.26.3; what an earlier command has found changes nothing. */
  @Test
  void importsOnlyFromDerivationsThatAreThere() {
    String path = eval("(" + WHOLE + ").drvPath").orFail().strip().replace("\"", "");
    for (int i = 0; i < 2; i++) {
      Command.Result result = eval("import (" + WHOLE + ")");
      assertEquals(1, result.status());
      assertTrue(result.err().contains("error: path '" + path + "' is not valid"), result.err());
    }
    assertEquals(path, nix.run(Map.of(), List.of("-E", WHOLE)).orFail().strip());
    assertEquals("1", eval("import (" + WHOLE + ")").orFail().strip());
  }

  /** The message is that of Nix 2.26.3. */
  @Test
  void buildsNothingWhereThatIsForbidden() {
    String other = WHOLE.replace("name = \"x\"", "name = \"v\"");
    String path = nix.run(Map.of(), List.of("-E", other)).orFail().strip();
    Command.Result result =
        eval("import (" + other + ")", "--option", "allow-import-from-derivation", "false");
    assertEquals(1, result.status());
    assertTrue(
        result
            .err()
            .endsWith(
                "error: cannot build '"
                    + path
                    + "^out' during evaluation because the option 'allow-import-from-derivation'"
                    + " is disabled\n"),
        result.err());
    assertTrue(
        result.err().contains("… while realising the context of path '/nix/store/"), result.err());
  }

  @Test
  void writesWhereItIsTold() {
    String other = WHOLE.replace("name = \"x\"", "name = \"z\"");
    assertEquals("1", eval("import (" + other + ")", "--read-write-mode").orFail().strip());
  }
}
