package org.buildchain.language.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.buildchain.language.MemoryHost;
import org.buildchain.language.Nix;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.error.ErrorPrinter;
import org.buildchain.language.error.EvalCancelledException;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.print.PlainPrinter;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EvaluatorTest {
  private static Evaluator over(MemoryHost host) {
    return Builtins.evaluator(host, EvalSettings.DEFAULT);
  }

  @Test
  void aFileIsEvaluatedOnce() {
    Evaluator ev = over(new MemoryHost().file("/a.nix", "{ x = 1; }"));
    assertSame(
        Nix.onEvalThread(() -> ev.evalFile("/a.nix")),
        Nix.onEvalThread(() -> ev.evalFile("/a.nix")));
  }

  @Test
  void aFolderMeansItsDefaultNix() {
    Evaluator ev = over(new MemoryHost().file("/d/default.nix", "./x"));
    assertEquals("/d/x", Nix.print(ev, "import /d"));
  }

  @Test
  void anErrorDoesNotNameTheFileThatTheCallerHas() {
    Evaluator ev = over(new MemoryHost().file("/tmp/a.nix", "1 + \"x\"\n"));
    // nix-instantiate --eval /tmp/a.nix
    assertEquals(
        """
        error: cannot add a string to an integer
               at /tmp/a.nix:1:5:
                    1| 1 + "x"
                     |     ^
                    2|
        """
            .strip(),
        Nix.onEvalThread(
            () -> {
              EvalException e =
                  assertThrows(EvalException.class, () -> ev.evalNamedFile("/tmp/a.nix"));
              return Octets.toText(ErrorPrinter.show(e, false)).strip();
            }));
  }

  /** As Nix prints both; nothing of the first expression is left in the second. */
  @Test
  void whichValuesAreOneDoesNotDependOnEarlierEvaluations() {
    Evaluator ev = Nix.evaluator();
    assertEquals("true", Nix.print(ev, "let f = x: x; g = f; in [ f ] == [ g ]"));
    assertEquals("false", Nix.print(ev, "let g = f; f = x: x; in [ f ] == [ g ]"));
  }

  @Test
  void selectionPathsGoThroughFunctionsListsAndQuotedNames() {
    Evaluator ev = Nix.evaluator();
    // nix-instantiate --eval -E '{ a = { n ? 2 }: [ 1 { "b.c" = n; } ]; }' -A 'a.1."b.c"': 2
    Value v =
        Nix.onEvalThread(
            () ->
                ev.select(
                    ev.evalText("t", "{ a = { n ? 2 }: [ 1 { \"b.c\" = n; } ]; }", "/"),
                    "a.1.\"b.c\"",
                    Attrs.EMPTY));
    assertEquals(new Value.Int(2), v);
  }

  @Test
  void callsNestTenThousandDeep() {
    assertEquals("9999", Nix.print("let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 9999"));
  }

  @Test
  void callsThatNestTooDeepFailWithoutHarm() {
    String printed = Nix.print("let f = n: 1 + f (n + 1); in f 0");
    assertTrue(printed.contains("error: stack overflow; max-call-depth exceeded"), printed);
  }

  @Test
  void valuesThatNestTooDeepForTheStackFailWithoutHarm() throws Exception {
    Evaluator ev = Nix.evaluator();
    FutureTask<EvalException> task =
        new FutureTask<>(
            () -> {
              Value v =
                  ev.evalText(
                      "t",
                      "builtins.foldl' (a: n: { inherit a; }) null (builtins.genList (n: n) 9000)",
                      "/");
              return assertThrows(EvalException.class, () -> ev.forceDeep(v));
            });
    new EvalThread("small", task, 512 << 10).start();
    assertEquals("stack overflow (possible infinite recursion)", task.get().getMessage());
  }

  @Test
  void longFoldsAndChainsOfUpdatesNeedNoStack() {
    assertEquals(
        "200000",
        Nix.print(
                "builtins.foldl' (a: n: a // { x = a.x + 1; }) { x = 0; }"
                    + " (builtins.genList (n: n) 200000)")
            .replaceAll("[^0-9]", ""));
  }

  @Test
  void threadsShareAnEvaluation() throws Exception {
    Evaluator ev = Nix.evaluator();
    Value list =
        Nix.onEvalThread(
            () ->
                ev.evalText(
                    "t",
                    "let s = builtins.genList (n: if n < 2 then n else builtins.elemAt s (n - 1)"
                        + " + builtins.elemAt s (n - 2)) 90; in s",
                    "/"));
    List<FutureTask<String>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<String> task =
          new FutureTask<>(
              () -> {
                ev.forceDeep(list);
                return PlainPrinter.show(((Value.List) ev.force(list)).get(89));
              });
      tasks.add(task);
      new EvalThread("sharing", task).start();
    }
    for (FutureTask<String> task : tasks) {
      // The 89th Fibonacci number.
      assertEquals("1779979416004714189", task.get());
    }
  }

  @Test
  void anEvaluationWhoseCallerIsGoneStops() {
    MemoryHost host = new MemoryHost();
    Evaluator ev = over(host);
    host.cancel();
    assertThrows(
        EvalCancelledException.class,
        () ->
            Nix.print(
                ev,
                "builtins.length (builtins.filter (x: x > 5) (builtins.genList (x: x) 100000))"));
  }

  @Test
  void warningsGoToTheHost() {
    MemoryHost host = new MemoryHost();
    Nix.print(over(host), "let or = 1; f = x: x; in f f or");
    // nix-instantiate 2.26.3 -E 'let or = 1; f = x: x; in f f or'
    assertEquals(
        List.of(
            "WARNING at \u00c2\u00abstring\u00c2\u00bb:1:28: This expression uses `or` as an"
                + " identifier in a way that will change in a future Nix release.\n"
                + "Wrap this entire expression in parentheses to preserve its current meaning:\n"
                + "    (f or)\n"
                + "Give feedback at https://github.com/NixOS/nix/pull/11121"),
        host.messages());
  }
}
