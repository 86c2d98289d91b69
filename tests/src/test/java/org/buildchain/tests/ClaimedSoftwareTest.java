package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs compiled from Debian's sources, claimed on one machine, rebuilt on three others, and run
 * on a fifth that has no compiler's work of its own: it takes what the chain calls valid, and
 * nothing else.
 */
class ClaimedSoftwareTest {
  private static final Path SOFTWARE = Path.of("software").toAbsolutePath();
  private static final Path SOURCES = Path.of("target/sources").toAbsolutePath();
  private static final Path EXAMPLE = Path.of("../examples/hello").toAbsolutePath();

  @TempDir private Path folder;

  private static String software(String name) {
    return "(import " + SOFTWARE + "/default.nix { sources = " + SOURCES + "; })." + name;
  }

  /** A text in a store path of its own. */
  private static String text(String name, String text) {
    return "derivation { name = \""
        + name
        + "\"; system = \"x86_64-linux\"; builder = \"/bin/sh\"; __impureHostDeps = [ \"/bin\""
        + " \"/lib\" \"/lib64\" \"/usr\" ]; args = [ \"-c\" \"echo "
        + text
        + " > $out\" ]; }";
  }

  private String run(ClaimNetwork network, String path, String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(network.consumer().view(path) + program);
    command.addAll(List.of(arguments));
    return Command.run(folder, Map.of("LC_ALL", "C"), command).orFail();
  }

  @Test
  void whatStrangersRebuiltRunsElsewhere() throws Exception {
    Command.run(
            SOFTWARE,
            Map.of(),
            List.of("./fetch-sources", SOURCES.toString(), "hello", "lua5.4", "redis"))
        .orFail();
    String small = "import " + EXAMPLE;
    List<String> honest =
        List.of(
            software("hello"), software("lua"), small, text("first", "one"), text("second", "two"));
    try (ClaimNetwork network = new ClaimNetwork(folder, 3)) {
      for (String expression : honest) {
        assertEquals("valid", network.claim(expression), expression);
      }
      String hello = network.build("--expr", honest.get(0)).orFail().strip();
      assertEquals("Hello, world!\n", run(network, hello, "/bin/hello"));
      String lua = network.build("--expr", honest.get(1)).orFail().strip();
      assertEquals("42\n", run(network, lua, "/bin/lua", "-e", "print(6 * 7)"));
      String example = network.build("--expr", small).orFail().strip();
      assertEquals("Hello, world!\n", run(network, example, "/bin/hello"));
      for (String expression : honest.subList(3, honest.size())) {
        network.build("--expr", expression).orFail();
      }
      Command.Result unclaimed = network.build("--expr", text("third", "three"));
      assertEquals(1, unclaimed.status());
      assertTrue(unclaimed.err().contains("no claim of it is valid"), unclaimed.err());
    }
  }
}
