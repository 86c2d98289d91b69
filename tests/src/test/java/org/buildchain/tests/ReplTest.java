package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** Files, flakes and attributes of them; the values are those that Nix 2.26.3 prints. */
  @ParameterizedTest
  @CsvSource({
    "./fl, a, 7",
    "path:./fl, a, 7",
    "mine, a, 7",
    "./fl#, b.c, 8",
    "./fl#b, c, 8",
    "./fl#p, q, 9",
    "-f at.nix s, t, 2",
    "-f at.nix, s.t, 2",
    "--argstr n x -f at.nix s, t, '\"x\"'",
    "--expr '{a={b=3;c=4;};}' a, b, 3",
    "--expr '{a=3;}', a, 3",
    "-E '{a=3;}' '{b=4;}', a + b, 7",
    "at.nix, s.t, 2"
  })
  void whatIsNamedIsInScope(String arguments, String line, String value) throws IOException {
    Path flake = Files.createDirectories(folder.resolve("fl"));
    Files.writeString(
        flake.resolve("flake.nix"),
        "{ outputs = _: { a = 7; b.c = 8; packages.x86_64-linux.p.q = 9; }; }");
    Files.writeString(folder.resolve("at.nix"), "{ n ? 2 }: { s.t = n; }");
    Path nix = Files.createDirectories(folder.resolve("named/.config/nix"));
    Files.writeString(
        nix.resolve("registry.json"),
        "{ \"version\": 2, \"flakes\": [ { \"from\": { \"type\": \"indirect\", \"id\":"
            + " \"mine\" }, \"to\": { \"type\": \"path\", \"path\": \""
            + flake
            + "\" } } ] }");
    Command.Result result =
        Command.run(
            folder,
            Map.of("BC_ROOT", BC.root().toString(), "HOME", folder.resolve("named").toString()),
            List.of("sh", "-c", "echo '" + line + "' | " + Bc.program() + " repl " + arguments));
    assertEquals(value, result.orFail().strip(), result.err());
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

  /** Answers apart from the program's own, as nix repl 2.26.3 gives them. */
  @Test
  void programsRunInTheTerminal() throws Exception {
    Path editor = folder.resolve("editor-for-vim");
    Files.writeString(
        editor, "#!/bin/sh\nstty -a | grep -o -- ' icanon'\nread line\necho got $line for $*\n");
    assertTrue(editor.toFile().setExecutable(true));
    Path shell = folder.resolve("shell");
    Files.writeString(
        shell,
        "#!/bin/bash\ncase $1 in --rcfile) . $2;; *) . $1;; esac\necho shell of $name\nexit 3\n");
    assertTrue(shell.toFile().setExecutable(true));
    Map<String, String> variables = new HashMap<>();
    variables.put("BC_ROOT", BC.root().toString());
    variables.put("HOME", folder.resolve("edits").toString());
    variables.put("XDG_DATA_HOME", "");
    variables.put("EDITOR", editor + " -x");
    variables.put("NIX_BUILD_SHELL", shell.toString());
    Path functions = folder.resolve("functions.nix");
    Files.writeString(
        functions,
        """
        {
          f = a: a;
          drv = derivation { name = "it"; system = builtins.currentSystem; builder = "/x"; };
          package = { meta.position = "/a/b:7"; };
        }
        """);
    try (Typed repl = new Typed(folder, variables, Bc.program() + " repl ./functions.nix")) {
      repl.expect("Added 3 variables.").expect(PROMPT);
      repl.type(":e f\n").expect("icanon").type("typed\n");
      repl.expect("got typed for -x +2 " + functions);
      // What it has changed is read.
      repl.expect("Loading './functions.nix'...").expect("Added 3 variables.").expect(PROMPT);
      repl.type(":e package\n").expect("icanon").type("more\n");
      repl.expect("got more for -x +7 /a/b").expect(PROMPT);
      repl.type(":edit ./functions.nix\n").expect("icanon").type("x\n");
      repl.expect("got x for -x " + functions).expect(PROMPT);
      repl.type(":sh drv\n").expect("shell of it").expect(PROMPT);
      repl.type(":sh f\n").expect("expression does not evaluate to a derivation").expect(PROMPT);
      repl.type("f 42\n").expect("\n42").expect(PROMPT).type(CTRL_D);
      assertEquals(0, repl.end());
    }
  }

  /** The output is that of nix repl 2.26.3 for the same lines, prompts left out. */
  @Test
  void loadsFlakesAndTellsComments() throws IOException {
    Path flake = Files.createDirectories(folder.resolve("flake"));
    Files.writeString(
        flake.resolve("flake.nix"), "{ outputs = { self }: { one = 1; two.three = 3; }; }");
    Path documented = folder.resolve("documented.nix");
    Files.writeString(
        documented,
        """
        {
          /** Adds.

            Twice. */
          add = a: b: a + b;
          # Not of this kind.
          sub = a: a;
          /** A number. */
          set.number = 1;
        }
        """);
    String lines =
        String.join(
            "\n",
            ":lf path:./flake",
            "one",
            ":p two",
            ":lf",
            ":l ./documented.nix",
            ":doc add",
            ":doc add 1",
            ":doc sub",
            ":doc set",
            ":doc set.number",
            ":doc let f = /** foo */ a: a; in f",
            ":doc { __functor = /** hi */ self: x: x; }",
            ":doc x: x",
            ":e 1",
            ":e x: x",
            ":e \"x\"",
            ":sh 1",
            ":l <nope>",
            ":trace-enable maybe",
            "{ type = \"derivation\"; drvPath = \"y\"; }",
            ":q",
            "");
    Path input = folder.resolve("lines");
    Files.writeString(input, lines);
    Command.Result r =
        Command.run(
            folder,
            Map.of("BC_ROOT", BC.root().toString(), "NIX_PATH", ""),
            List.of("sh", "-c", Bc.program() + " repl <lines 2>&1"));
    assertEquals(
        """
        Added 10 variables.
        1
        { three = 3; }
        error: cannot use ':load-flake' without a path specified. (Use '.' for the current working \
        directory.)
        Added 3 variables.
        Function add
        … defined at FILE:5:9
        Adds.
        Twice.
        Function add
        … defined at FILE:5:12
        Adds.
        Twice.
        Function sub
        … defined at FILE:7:9
        error: value does not have documentation
        Attribute number
        … defined at FILE:9:3
        A number.
        Function f
        … defined at «string»:1:20
        foo
        Function __functor
        … defined at «string»:1:31
        hi
        Function defined at «string»:1:1
        error: package '1' has no source location information
        error: '«string»:1:1' cannot be shown in an editor
        error:
               … while evaluating the filename to edit
               error: string 'x' doesn't represent an absolute path
        error: expression does not evaluate to a derivation, so I can't build it
        error: file 'nope' was not found in the Nix search path (add it using $NIX_PATH or -I)
        error: unexpected argument 'maybe' to :trace-enable
        error:
               … while evaluating the drvPath of a derivation
                 at «string»:1:24:
                    1| { type = "derivation"; drvPath = "y"; }
                     |                        ^
               error: path 'y' is not in the Nix store
        """
            .replace("FILE", documented.toString()),
        r.out()
            .lines()
            .skip(2)
            .filter(l -> !l.isBlank())
            .map(l -> l + "\n")
            .collect(Collectors.joining()));
  }

  /** The synopses of functions are those of nix repl 2.26.3, but for arguments' names. */
  @Test
  void builtinsAreExplained() {
    String lines =
        String.join(
            "\\n",
            ":doc builtins.map",
            ":doc import",
            "x = builtins.hasContext",
            ":doc x",
            ":doc builtins.storeDir",
            ":doc map 1",
            ":i 1");
    Command.Result r =
        Command.run(
            folder,
            Map.of("BC_ROOT", BC.root().toString()),
            List.of("sh", "-c", "printf '" + lines + "\\n' | " + Bc.program() + " repl 2>&1"));
    List<String> out = r.orFail().lines().filter(l -> !l.isBlank()).toList();
    assertEquals(
        List.of(
            "Synopsis: builtins.map f list",
            "Synopsis: builtins.import path",
            "Synopsis: builtins.hasContext string",
            "Synopsis: builtins.storeDir"),
        out.stream().filter(l -> l.startsWith("Synopsis")).toList());
    assertTrue(out.contains("Whether a string depends on anything in the store."));
    assertTrue(out.contains("error: value does not have documentation"));
    assertTrue(out.stream().anyMatch(l -> l.startsWith("error: there are no profiles here")));
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
            List.of("sh", "-c", "printf '" + lines + "\\n' | " + Bc.program() + " repl 2>&1"));
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
