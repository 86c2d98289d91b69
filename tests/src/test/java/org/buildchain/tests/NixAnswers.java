package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What Nix answers to expressions: a file with lines {@code ? EXPRESSION}, each followed by a line
 * {@code = VALUE} or {@code = error: MESSAGE}, the last that was said. {@code @} stands for a
 * folder.
 */
final class NixAnswers {
  private NixAnswers() {}

  /**
   * A test for each expression.
   *
   * @param at what {@code @} stands for
   * @param eval asks bc
   */
  static Stream<DynamicTest> tests(Path file, String at, Function<String, Command.Result> eval)
      throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("? ")) {
        String expression = lines.get(i).substring(2).replace("@", at);
        String expected = lines.get(i + 1).substring(2).replace("@", at);
        tests.add(dynamicTest(lines.get(i), () -> compare(eval.apply(expression), expected)));
      }
    }
    return tests.stream();
  }

  private static void compare(Command.Result result, String expected) {
    if (expected.startsWith("error: ")) {
      assertEquals(
          expected,
          result
              .err()
              .lines()
              .map(String::strip)
              .filter(l -> l.contains("error: "))
              .toList()
              .getLast());
    } else {
      assertEquals(expected, result.orFail().strip());
    }
  }
}
