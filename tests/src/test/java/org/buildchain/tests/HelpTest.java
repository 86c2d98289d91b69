package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code --help} prints, on a terminal of 80 columns. */
@Timeout(120)
class HelpTest {
  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z][a-z-]*)  +\\p{Upper}");

  /** What becomes of a character that is not in ASCII, where no parameter of a URL begins. */
  private static final Pattern LOST = Pattern.compile("[?](?![a-z'])");

  private static final Bc BC = new Bc();

  @AfterAll
  static void stop() {
    BC.close();
  }

  /** A line that was too long went on at the left edge, where it could not be copied from. */
  @Test
  void examplesStandOnALineEachAndInAscii() {
    List<String> broken = new ArrayList<>();
    assertTrue(examine(List.of(), broken) > 40, "commands");
    assertEquals(List.of(), broken);
  }

  /** As nix help, git help and their like. */
  @Test
  void helpIsACommandToo() {
    assertEquals(BC.run("--help").orFail(), BC.run("help").orFail());
    assertEquals(BC.run("store", "--help").orFail(), BC.run("help", "store").orFail());
    assertEquals(BC.run("store", "gc", "--help").orFail(), BC.run("help", "store", "gc").orFail());
    assertTrue(BC.run("help", "nosuch").err().contains("'nosuch' is not a command of bc"));
    assertNear("build", "buld");
    assertNear("verify", "store", "verfy");
    assertNear("update", "flake", "updat");
  }

  /** What Nix 2.26.3 proposes for the same words. */
  private static void assertNear(String meant, String... given) {
    Command.Result said = BC.run(given);
    assertEquals(1, said.status());
    assertTrue(said.err().contains("\n       Did you mean " + meant + "?\n"), said.err());
  }

  /** How many commands there are at and below one; adds lines that are broken. */
  private static int examine(List<String> command, List<String> broken) {
    String[] asked = Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new);
    String help = BC.run(asked).orFail();
    help.lines()
        .filter(l -> LOST.matcher(l).find())
        .forEach(l -> broken.add(String.join(" ", command) + ": " + l));
    int examples = help.indexOf("\nExamples:\n");
    if (examples >= 0) {
      help.substring(examples + 11)
          .lines()
          .takeWhile(l -> !l.isBlank())
          .filter(l -> !l.startsWith("  "))
          .forEach(l -> broken.add(String.join(" ", command) + ": " + l));
    }
    int count = 1;
    int list = help.indexOf("\nCommands:\n");
    if (list >= 0) {
      Matcher m = COMMAND.matcher(help.substring(list, examples < 0 ? help.length() : examples));
      while (m.find()) {
        count += examine(Stream.concat(command.stream(), Stream.of(m.group(1))).toList(), broken);
      }
    }
    return count;
  }
}
