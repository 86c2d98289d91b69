package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code bc diff}: what it compares, how it ends, and what it prints. */
class DiffTest {
  private static final Bc BC = new Bc();

  @TempDir Path folder;

  @AfterAll
  static void stop() {
    BC.close();
  }

  private Path tree(String name, String date, String command) throws IOException {
    Path tree = Files.createDirectories(folder.resolve(name));
    Files.writeString(tree.resolve("built"), "on " + date + "\n");
    Files.writeString(tree.resolve("run.sh"), command + "\n");
    return tree;
  }

  @Test
  void storePathsFoldersAndFiles() throws IOException {
    Path a = tree("a", "2026-11-21", "exec x");
    Path b = tree("b", "2026-11-22", "exec x");
    String stored = BC.run("store", "add", a.toString()).orFail().strip();
    assertEquals(0, BC.run("diff", stored, a.toString()).status());
    assertEquals("", BC.run("diff", stored, BC.view(stored).toString()).orFail());

    Command.Result result = BC.run(folder, "diff", "--json", stored, "b");
    assertEquals(1, result.status());
    JsonNode report = new ObjectMapper().readTree(result.out());
    assertEquals(1, report.get("version").intValue());
    assertEquals("data", report.get("verdict").stringValue());
    assertEquals("{\"time-stamp\":1}", report.get("classes").toString());
    JsonNode difference = report.get("differences").get(0);
    assertEquals("built", difference.get("path").stringValue());
    assertEquals("time-stamp", difference.get("class").stringValue());
    assertEquals("data", difference.get("effect").stringValue());

    Files.writeString(b.resolve("run.sh"), "exec y\n");
    Command.Result shown = BC.run(folder, "diff", "a", "b");
    assertEquals(1, shown.status());
    assertTrue(shown.out().contains("Code differs"), shown.out());
    assertTrue(shown.out().contains("- exec x"), shown.out());
    Command.Result file = BC.run(folder, "diff", "a/run.sh", "b/run.sh");
    assertTrue(file.status() == 1 && file.out().contains("(the output itself)"), file.out());
  }

  /** A build that is made again says why it is not the same. */
  @Test
  void rebuildsThatDiffer() {
    String[] build = {
      "build",
      "--no-link",
      "--check",
      "--expr",
      """
      derivation {
        name = "nd"; system = builtins.currentSystem; builder = "/bin/sh";
        args = [ "-c" "/bin/mkdir $out; /bin/date +%s%N | /usr/bin/md5sum > $out/sum; echo x > $out/x" ];
        __impureHostDeps = [ "/usr" "/bin" "/lib" "/lib64" ];
      }
      """
    };
    BC.run(Stream.of(build).filter(a -> !a.equals("--check")).toArray(String[]::new)).orFail();
    Command.Result again = BC.run(build);
    // Nix's status for it (manual, "nix-build", Special exit codes).
    assertEquals(104, again.status());
    assertTrue(again.err().contains("sum\n  random\n"), again.err());
  }

  @Test
  void whatIsNotThere() {
    Command.Result result = BC.run(folder, "diff", "nothing", "/");
    assertEquals(2, result.status());
    assertTrue(result.err().contains("there is no 'nothing'"), result.err());
  }
}
