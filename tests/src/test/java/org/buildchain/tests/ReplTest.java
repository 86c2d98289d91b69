package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bc repl}, typed at and piped into. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplTest {
  private static final String PROMPT = "nix-repl> ";
  private static final String TAB = "\t";
  private static final String UP = "\033[A";
  private static final String CTRL_A = "\001";
  private static final String CTRL_C = "\003";
  private static final String CTRL_D = "\004";

  private static final Bc BC = new Bc();

  @TempDir static Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    Files.writeString(folder.resolve("set.nix"), "{ fruit = \"apple\"; fruitful = 2; }");
    Files.writeString(
        folder.resolve("forever.nix"),
        "{ forever = builtins.trace \"begun\" (builtins.genericClosure {"
            + " startSet = [ { key = 0; } ]; operator = e: [ { key = e.key + 1; } ]; }); }");
    BC.run("daemon", "start").orFail();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Typed repl(String home) throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("BC_ROOT", BC.root().toString());
    variables.put("HOME", folder.resolve(home).toString());
    variables.put("XDG_DATA_HOME", "");
    return new Typed(folder, variables, Bc.program() + " repl ./set.nix");
  }

  @Test
  void namesAreCompleted() throws Exception {
    try (Typed repl = repl("completes")) {
      repl.expect("Added 2 variables.").expect(PROMPT);
      repl.type("builtins.hasAt" + TAB + " \"a\" { a = 1; }\n").expect("\ntrue").expect(PROMPT);
      // Of what is in scope, as far as all candidates agree, and of what was bound since.
      repl.type("fru" + TAB + "ful + 1\n").expect("\n3").expect(PROMPT);
      repl.type("long-name = { inner.value = 41; }\n").expect(PROMPT);
      repl.type("long" + TAB + ".in" + TAB + ".va" + TAB + " + 1\n").expect("\n42");
      repl.expect(PROMPT).type("baseNameOf ./se" + TAB + "\n").expect("\n\"set.nix\"");
      repl.expect(PROMPT).type(CTRL_D);
      assertEquals(0, repl.end());
    }
  }

  @Test
  void linesAreKeptAndEdited() throws Exception {
    try (Typed repl = repl("remembers")) {
      repl.expect(PROMPT).type("x = 20 + 3\n").expect(PROMPT).type("x + 1\n").expect("\n24");
      repl.expect(PROMPT).type(UP + CTRL_A + "100 + \n").expect("\n124").expect(PROMPT);
      repl.type(":q\n");
      assertEquals(0, repl.end());
    }
    try (Typed repl = repl("remembers")) {
      repl.expect(PROMPT).type(UP + UP + UP + UP + "\n").expect(PROMPT);
      repl.type("x\n").expect("\n23").expect(PROMPT).type(CTRL_D);
      assertEquals(0, repl.end());
    }
  }

  @Test
  void whatGoesOnForEverIsInterrupted() throws Exception {
    try (Typed repl = repl("interrupts")) {
      repl.expect(PROMPT).type("abandoned" + CTRL_C).expect(PROMPT);
      repl.type("abandoned" + CTRL_C + "20 + 2\n").expect("\n22").expect(PROMPT);
      repl.type(":l ./forever.nix\n").expect("Added 1 variables.").expect(PROMPT);
      repl.type("forever\n").expect("trace: begun");
      repl.type(CTRL_C).expect("interrupted").expect(PROMPT);
      repl.type("1 +\n").expect("          ").type("2\n").expect("\n3").expect(PROMPT);
      repl.type(":q\n");
      assertEquals(0, repl.end());
    }
  }

  /** The output is that of nix repl 2.26.3 for the same lines, prompts left out. */
  @Test
  void commandsAnswerAsNixDoes() {
    String lines =
        String.join(
            "\\n",
            "x = 20 + 3",
            ":t x",
            "{ a = { b = [ 1 { c = 2; } ]; }; s = \"a\\\\nb\"; }",
            ":p { a = { b = [ 1 { c = 2; } ]; }; s = \"a\\\\nb\"; }",
            ":a { y = 1; z = 2; }",
            "y + z",
            ":foo",
            "throw \"no\"",
            ":p \"a\\\\nb\"",
            ":l ./set.nix",
            "fruit",
            "derivation { name = \"a\"; system = \"b\"; builder = \"c\"; }",
            "let f = a: a; in f",
            ":t 1.5",
            ":q",
            "never");
    Command.Result r =
        Command.run(
            folder,
            Map.of("BC_ROOT", BC.root().toString()),
            java.util.List.of(
                "sh", "-c", "printf '" + lines + "\\n' | " + Bc.program() + " repl 2>&1"));
    assertEquals(
        """
        an integer
        {
          a = { ... };
          s = "a\\nb";
        }
        {
          a = {
            b = [
              1
              { c = 2; }
            ];
          };
          s = "a\\nb";
        }
        Added 2 variables.
        3
        error: unknown command ':foo'
        error:
               … while calling the 'throw' builtin
                 at «string»:1:1:
                    1| throw "no"
                     | ^
               error: no
        a
        b
        Added 2 variables.
        "apple"
        «derivation /nix/store/ncvzg25n0l41lmwbnxc7fcrkrajq3pvw-a.drv»
        «lambda f @ «string»:1:9»
        a float
        """,
        r.orFail().replaceFirst("(?s)^.*for help[.]\n", "").replaceAll("(?m)^\n", ""));
  }
}
