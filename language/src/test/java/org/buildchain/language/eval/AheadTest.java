package org.buildchain.language.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.buildchain.language.MemoryHost;
import org.buildchain.language.Nix;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.host.EvalSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is computed ahead of need must not show. */
@Timeout(120)
class AheadTest {
  private static final int ROUNDS = 50;

  private static String print(MemoryHost host, String expression) {
    return Nix.print(Builtins.evaluator(host, EvalSettings.DEFAULT), expression);
  }

  @Test
  void anotherThreadComputesTheLastValueFirst() throws Exception {
    CountDownLatch computed = new CountDownLatch(1);
    Value[] values = new Value[8];
    for (int i = 0; i < values.length; i++) {
      int n = i;
      values[i] =
          Thunk.of(
              () -> {
                if (n == 7) {
                  computed.countDown();
                }
                return Value.Int.of(n);
              });
    }
    boolean done =
        Nix.onEvalThread(
            () -> {
              try (Ahead.Scope _ = new Ahead(1).begin(values, v -> ((Thunk) v).force())) {
                return computed.await(60, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    assertTrue(done);
  }

  // By hand: a list is made into a string from its first element to its last.
  @Test
  void tracesComeInTheOrderOfTheExpression() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      expected.add("TRACE " + i);
    }
    for (int round = 0; round < ROUNDS; round++) {
      MemoryHost host = new MemoryHost();
      print(
          host,
          "builtins.concatStringsSep \",\" (builtins.genList"
              + " (i: builtins.trace (toString i) (toString (i * i))) 40)");
      assertEquals(expected, host.messages());
    }
  }

  @Test
  void theFirstErrorInOrderIsTheOneThatIsTold() {
    for (int round = 0; round < ROUNDS; round++) {
      String printed =
          print(
              new MemoryHost(),
              "builtins.concatStringsSep \",\" (builtins.genList"
                  + " (i: if i > 20 then throw \"at ${toString i}\" else toString i) 40)");
      assertTrue(printed.contains("error: at 21"), printed);
    }
  }

  // Value 39 needs 38 and so on down to 0, which needs 39. Nix 2.26.3 for the same:
  // "error: infinite recursion encountered".
  @Test
  void infiniteRecursionIsFoundAcrossThreads() {
    for (int round = 0; round < ROUNDS; round++) {
      String printed =
          print(
              new MemoryHost(),
              "let l = builtins.genList (i: builtins.elemAt l (if i == 0 then 39 else i - 1)) 40;"
                  + " in builtins.concatStringsSep \",\" l");
      assertTrue(printed.contains("error: infinite recursion encountered"), printed);
    }
  }

  // By hand: each element is the one before it and itself, without recursion in the large.
  @Test
  void threadsThatNeedEachOthersValuesComeToAnEnd() {
    for (int round = 0; round < ROUNDS; round++) {
      String printed =
          print(
              new MemoryHost(),
              "let l = builtins.genList (i: if i == 0 then \"x\" else builtins.elemAt l"
                  + " (if builtins.bitAnd i 1 == 0 then i - 1 else (if i > 2 then i - 2 else 0)))"
                  + " 200; in builtins.stringLength (builtins.concatStringsSep \"\" l)");
      assertEquals("200", printed);
    }
  }

  // By hand: what fails ahead is caught where the expression catches it.
  @Test
  void failuresAreCaughtWhereTheyAreNeeded() {
    for (int round = 0; round < ROUNDS; round++) {
      assertEquals(
          "\"[false,0,false,2,false,4,false,6]\"",
          print(
              new MemoryHost(),
              "builtins.toJSON (builtins.genList (i: let r = builtins.tryEval (if"
                  + " builtins.bitAnd i 1 == 0 then throw \"no\" else i - 1); in r.value) 8)"));
    }
  }
}
