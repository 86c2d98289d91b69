package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collection removes is gone from the mounts at once, and what is in use stays. */
class CollectTest {
  private static final Bc BC = new Bc();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    BC.run("daemon", "start").orFail();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private String add(String content) throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Files.writeString(tree.resolve("file"), content);
    return BC.run("store", "add", tree.toString()).orFail().strip();
  }

  private static String collect() {
    return BC.run("store", "gc").orFail().strip();
  }

  private static List<String> listed() throws IOException {
    try (Stream<Path> names = Files.list(BC.root().resolve("nix/store"))) {
      return names.map(n -> "/nix/store/" + n.getFileName()).toList();
    }
  }

  @Test
  void theMountForgetsWhatGoes() throws IOException {
    for (int round = 0; round < 3; round++) {
      String path = add("something");
      Path file = BC.view(path).resolve("file");
      assertEquals("something", Files.readString(file));
      assertEquals(List.of(path), listed());
      assertEquals(path, BC.run("store", "gc", "--dry-run").orFail().strip());
      assertEquals("something", Files.readString(file));

      assertEquals(path, collect());
      assertFalse(Files.exists(file, LinkOption.NOFOLLOW_LINKS));
      assertFalse(Files.exists(BC.view(path), LinkOption.NOFOLLOW_LINKS));
      assertEquals(List.of(), listed());
    }
  }

  /** What each option means is CollectorTest's; here that the command hands it on. */
  @Test
  void limitsAreTaken() throws IOException {
    Set<String> paths = new TreeSet<>();
    for (String content : List.of("one", "two", "three")) {
      paths.add(add(content));
    }
    assertEquals("", BC.run("store", "gc", "--older-than", "1h").orFail());
    assertEquals("", BC.run("store", "gc", "--keep-last-used", "3").orFail());
    assertEquals("", BC.run("store", "gc", "--max-freed", "0").orFail());
    String dry = BC.run("store", "gc", "--max-freed", "1", "--dry-run", "--json").orFail();
    assertTrue(dry.contains("\"kept\":2") && dry.contains("\"dryRun\":true"), dry);
    assertEquals(paths, new TreeSet<>(listed()));
    assertEquals(1, BC.run("store", "gc", "--max-freed", "1").orFail().lines().count());
    assertEquals(1, BC.run("store", "gc", "--keep-last-used", "1").orFail().lines().count());
    for (List<String> bad :
        List.of(
            List.of("--max-freed", "much"),
            List.of("--older-than", "yesterday"),
            List.of("--keep-last-used", "-1"))) {
      Command.Result refused = BC.run("store", "gc", bad.get(0), bad.get(1));
      assertEquals(1, refused.status(), refused::toString);
      assertTrue(refused.err().contains(bad.get(0)), refused.err());
    }
    assertEquals(1, listed().size());
    collect();
  }

  @Test
  void whatAProcessUsesStays() throws Exception {
    String path = add("something in use");
    Path view = BC.view(path);
    Process process =
        new ProcessBuilder("sh", "-c", "echo begun; read line; cat file")
            .directory(view.toFile())
            .start();
    try (var in = process.inputReader();
        var out = process.outputWriter()) {
      assertEquals("begun", in.readLine());
      assertEquals("", collect());
      out.write("go on\n");
      out.flush();
      assertEquals("something in use", in.readLine());
    }
    assertEquals(0, process.waitFor());
    assertEquals(path, collect());
  }

  /** A shell finds its programs by its PATH. */
  @Test
  void whatAnEnvironmentNamesStays() throws Exception {
    String path = add("something in a PATH");
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", "echo begun; read line");
    shell.environment().merge("PATH", ":" + path + "/bin", String::concat);
    Process process = shell.start();
    try (var in = process.inputReader();
        var out = process.outputWriter()) {
      assertEquals("begun", in.readLine());
      assertEquals("", collect());
      out.write("go on\n");
      out.flush();
    }
    assertEquals(0, process.waitFor());
    assertEquals(path, collect());
  }

  @Test
  void aLinkOfTheUsersKeepsIt() throws IOException {
    Path result = folder.resolve("result");
    String expression =
        "derivation { name = \"kept\"; system = builtins.currentSystem; builder = \"/bin/sh\";"
            + " args = [ \"-c\" \"echo kept > $out\" ];"
            + " __impureHostDeps = [ \"/bin\" \"/lib\" \"/lib64\" \"/usr\" ]; }";
    String path = BC.run("build", "-o", result.toString(), "--expr", expression).orFail().strip();
    assertEquals("", collect());
    assertEquals("kept\n", Files.readString(result));
    Files.delete(result);
    assertTrue(collect().lines().toList().contains(path));
    assertFalse(Files.exists(BC.view(path)));
    BC.run("store", "verify").orFail();
  }
}
