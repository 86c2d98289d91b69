package org.buildchain.language.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.buildchain.language.Nix;
import org.buildchain.language.syntax.Literals;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;

/** Expected values are what Nix 2.26.3 prints. */
class ValuePrinterTest {
  private static String print(ValuePrinter.Options options, String expression) {
    return Nix.onEvalThread(
        () -> {
          Evaluator ev = Nix.evaluator();
          Value v = ev.evalText(Literals.marked("string"), expression, "/");
          return Octets.toText(new ValuePrinter(ev, options).print(v));
        });
  }

  /** {@code nix eval --expr}. */
  @Test
  void evalPrintsWhatItHasPrintedOnce() {
    ValuePrinter.Options eval = ValuePrinter.Options.EVAL;
    assertEquals("{ s = «repeated»; }", print(eval, "let s = { inherit s; }; in s"));
    assertEquals("[ [ 1 ] «repeated» ]", print(eval, "let l = [ 1 ]; in [ l l ]"));
    assertEquals(
        "[ { b = 1; } «repeated» { a = «repeated»; } ]",
        print(eval, "let a = { b = 1; }; in [ a a { inherit a; } ]"));
  }

  /** {@code nix repl}: the value, and {@code :p} of it. */
  @Test
  void soDoesTheRepl() {
    String expression = "let l = [ 1 2 3 ]; s = { a = s; }; in { inherit s; x = l; y = l; }";
    assertEquals(
        "{\n  s = { ... };\n  x = [ ... ];\n  y = «repeated»;\n}",
        print(ValuePrinter.Options.repl(1), expression));
    assertEquals(
        """
        {
          s = {
            a = «repeated»;
          };
          x = [
            1
            2
            3
          ];
          y = «repeated»;
        }\
        """,
        print(ValuePrinter.Options.repl(Integer.MAX_VALUE), expression));
  }
}
