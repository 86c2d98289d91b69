package org.buildchain.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.syntax.Lints;
import org.buildchain.language.syntax.Lints.Lint;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;

/**
 * What Nix does since 2.26.3. Expected values are those of its own language tests at commit
 * 88b09c64 (tests/functional/lang), shortened.
 */
class NewerNixTest {
  private static final String PLACE =
      """

               at «string»:1:1:
                    1| %s
                     | ^\
      """;

  private record Run(String printed, List<String> messages) {}

  private static Run run(EvalSettings settings, String expression) {
    MemoryHost host = new MemoryHost();
    String printed = Nix.print(Builtins.evaluator(host, settings), Octets.fromText(expression));
    return new Run(Octets.toText(printed), host.messages().stream().map(Octets::toText).toList());
  }

  private static EvalSettings lints(Lint lint) {
    return EvalSettings.DEFAULT.withLints(new Lints(lint, lint, lint));
  }

  @Test
  void lintsWarn() {
    assertEquals(
        new Run(
            "\"http://example.com\"",
            List.of(
                "WARNING URL literals are discouraged. Consider using a string literal"
                    + " \"http://example.com\" instead (lint-url-literals)"
                    + PLACE.formatted("http://example.com"))),
        run(lints(Lint.WARN), "http://example.com"));
    assertEquals(
        List.of(
            "WARNING relative path literal 'a/b' should be prefixed with '.' for clarity: './a/b'"
                + " (lint-short-path-literals)"
                + PLACE.formatted("a/b")),
        run(lints(Lint.WARN), "a/b").messages());
    assertEquals(List.of(), run(lints(Lint.FATAL), "./a/b").messages());
  }

  @Test
  void lintsFail() {
    String printed = run(lints(Lint.FATAL), "/tmp/foo").printed();
    assertTrue(
        printed.startsWith(
            "error: absolute path literals are not portable. Consider replacing path literal"
                + " '/tmp/foo' by a string, relative path, or parameter"
                + " (lint-absolute-path-literals)\n"),
        printed);
  }

  @Test
  void warningsIndentTheirFurtherLines() {
    assertEquals(
        List.of("EVALUATION_WARNING foo\n                    bar"),
        run(EvalSettings.DEFAULT, "builtins.warn \"foo\\nbar\" null").messages());
    // So do 2.26.3's.
    assertEquals(
        List.of("EVALUATION_WARNING  a\n\n                     b"),
        run(EvalSettings.DEFAULT, "builtins.warn \" a \\n\\n b\\n\\n\" null").messages());
    assertEquals(
        List.of("EVALUATION_WARNING \n                      a\n                        b"),
        run(EvalSettings.DEFAULT, "builtins.warn \"\\n  a\\n    b\\n  \" null").messages());
    assertEquals(
        List.of("EVALUATION_WARNING \n                     a"),
        run(EvalSettings.DEFAULT, "builtins.warn \" \\n a\" null").messages());
    assertEquals(
        "evaluation warning:\nfoo\nbar", EvalHost.Level.EVALUATION_WARNING.shown("\nfoo\nbar"));
    assertEquals(
        List.of("EVALUATION_WARNING "),
        run(EvalSettings.DEFAULT, "builtins.warn \" \\n\" null").messages());
    assertEquals("", EvalHost.Level.EVALUATION_WARNING.shown(""));
  }

  @Test
  void timesInTomlAreSetsWhereTheFeatureIsOn() {
    assertEquals(
        "{ a = { _type = \"timestamp\"; value = \"1979-05-27T07:32:00.123456789Z\"; };"
            + " b = { _type = \"timestamp\"; value = \"00:32:00.120\"; };"
            + " c = { _type = \"timestamp\"; value = \"1979-05-27\"; }; }",
        run(
                EvalSettings.DEFAULT.withFeatures(Set.of("parse-toml-timestamps")),
                "builtins.fromTOML \"a = 1979-05-27t07:32:00.1234567891Z\\nb = 00:32:00.12\\n"
                    + "c = 1979-05-27\"")
            .printed());
  }

  @Test
  void toJsonHoldsToStringToItsWord() {
    assertTrue(
        run(EvalSettings.DEFAULT, "builtins.toJSON { __toString = self: 42; }")
            .printed()
            .contains("error: `__toString` should return a string, but got an integer: 42"));
    // nix-instantiate 2.26.3 --eval -E
    assertEquals(
        "\"{\\\"foo\\\":true}\"",
        run(EvalSettings.DEFAULT, "builtins.toJSON { outPath.foo = true; }").printed());
  }

  @Test
  void valuesThatNestTooDeepFail() {
    String deep =
        "(builtins.foldl' (t: h: { inherit h t; }) null (builtins.genList (x: x) 100000))";
    for (String f : List.of("builtins.toJSON " + deep, "builtins.deepSeq " + deep + " 1")) {
      String printed = run(EvalSettings.DEFAULT, f).printed();
      assertTrue(printed.contains("error: stack overflow; max-call-depth exceeded"), printed);
    }
  }
}
