package org.buildchain.language;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Expressions with what Nix 2.26.3 prints for them, values and errors alike. The files hold a line
 * {@code === expression} for each, then what {@code nix-instantiate --eval --strict -E} or {@code
 * nix-instantiate --parse -E}, run in the root folder with {@code HOME=/root}, wrote to both of its
 * outputs. Where Nix has reworded a message since (names of tokens in syntax errors, values that
 * cannot be compared), they hold the words of its commit 88b09c64 of August 2026.
 */
class SameAsNixTest {
  private record Case(String expression, String printed) {}

  @TestFactory
  Stream<DynamicTest> evaluates() throws IOException {
    return tests("evaluated-by-nix.txt", Nix::print);
  }

  @TestFactory
  Stream<DynamicTest> evaluatesBuiltins() throws IOException {
    return tests("builtins-by-nix.txt", Nix::print);
  }

  /** With {@code --read-write-mode} and the experimental features on where outputs are built. */
  @TestFactory
  Stream<DynamicTest> namesOutputs() throws IOException {
    return tests("outputs-by-nix.txt", Nix::print);
  }

  /** With the experimental feature {@code fetch-closure}. */
  @TestFactory
  Stream<DynamicTest> asksForClosures() throws IOException {
    EvalSettings settings = EvalSettings.DEFAULT.withFeatures(Set.of("fetch-closure"));
    return tests(
        "closures-by-nix.txt",
        expression -> Nix.print(Builtins.evaluator(new MemoryHost(), settings), expression));
  }

  @TestFactory
  Stream<DynamicTest> readsJson() throws IOException {
    return tests("json-by-nix.txt", Nix::print);
  }

  @TestFactory
  Stream<DynamicTest> comparesByPlace() throws IOException {
    return tests("equality-by-nix.txt", Nix::print);
  }

  @TestFactory
  Stream<DynamicTest> concatenates() throws IOException {
    return tests("concat-by-nix.txt", Nix::print);
  }

  /** What is forced, and what first: tryEval catches one failure and not the other. */
  @TestFactory
  Stream<DynamicTest> forcesInOrder() throws IOException {
    return tests("order-by-nix.txt", Nix::print);
  }

  /** With {@code --show-trace}. */
  @TestFactory
  Stream<DynamicTest> traces() throws IOException {
    return tests("traces-by-nix.txt", Nix::printWithTrace);
  }

  @TestFactory
  Stream<DynamicTest> matches() throws IOException {
    return tests("regex-by-nix.txt", Nix::print);
  }

  @TestFactory
  Stream<DynamicTest> parses() throws IOException {
    return tests("parsed-by-nix.txt", Nix::parse);
  }

  private static Stream<DynamicTest> tests(String resource, UnaryOperator<String> run)
      throws IOException {
    return cases(resource).stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    Octets.toText(c.expression),
                    () ->
                        assertEquals(
                            Octets.toText(c.printed), Octets.toText(run.apply(c.expression)))));
  }

  private static List<Case> cases(String resource) throws IOException {
    List<Case> out = new ArrayList<>();
    try (InputStream in = SameAsNixTest.class.getResourceAsStream(resource)) {
      for (String part : Octets.of(in.readAllBytes()).split("(^|\n)=== ")) {
        int end = part.indexOf('\n');
        if (end >= 0) {
          out.add(new Case(part.substring(0, end), part.substring(end + 1).stripTrailing()));
        }
      }
    }
    return out;
  }
}
