package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/install.sh}: what it leaves works without the checkout, and goes again. */
class InstallTest {
  static final Path CHECKOUT = Bc.program().resolve("../../..").toAbsolutePath().normalize();

  @TempDir Path temp;

  /** Installs with these variables and arguments. */
  static Command.Result install(Map<String, String> variables, String... arguments) {
    List<String> command = new ArrayList<>(List.of("sh", CHECKOUT + "/tools/install.sh"));
    command.addAll(List.of(arguments));
    return Command.run(Path.of("/"), variables, command);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).toList();
    }
  }

  @Test
  void runsWithoutTheCheckout() throws IOException {
    Path prefix = temp.resolve("bc");
    Path bc = prefix.resolve("bin/bc");
    try (Bc store = new Bc()) {
      Map<String, String> root = Map.of("BC_ROOT", store.root().toString());
      // Twice: the second takes the place of the first, whose daemon runs.
      for (int time = 0; time < 2; time++) {
        install(Map.of(), prefix.toString()).orFail();
        List<String> command = List.of(bc.toString(), "eval", "--expr", "1 + 1");
        assertEquals("2\n", Command.run(temp, root, command).orFail());
      }
      // By a library whose classes the JVM holds to the place where it has learnt them.
      Path content = Files.writeString(temp.resolve("content"), "content");
      String added =
          Command.run(temp, root, List.of(bc.toString(), "store", "add", content.toString()))
              .orFail();
      String xz = "file://" + temp + "/cache?compression=xz";
      Command.run(temp, root, List.of(bc.toString(), "copy", "--to", xz, added.strip())).orFail();
      String status = Command.run(temp, root, List.of(bc.toString(), "daemon", "status")).orFail();
      String pid = status.lines().filter(l -> l.startsWith("process:")).findFirst().orElseThrow();
      Path process = Path.of("/proc", pid.substring("process:".length()).strip());
      for (String said : Files.readString(process.resolve("cmdline")).split("\0")) {
        assertFalse(said.contains(CHECKOUT.toString()), said);
      }
      try (Stream<Path> open = Files.list(process.resolve("fd"))) {
        for (Path file : open.toList()) {
          if (Files.isSymbolicLink(file)) {
            assertFalse(Files.readSymbolicLink(file).startsWith(CHECKOUT), file::toString);
          }
        }
      }
      assertEquals(List.of(), codeInTemporaryFolders(process));
    }
    String completes =
        "source '" + prefix + "/share/bash-completion/completions/bc' && complete -p bc";
    assertTrue(
        Command.run(temp, Map.of(), List.of("bash", "-c", completes)).orFail().endsWith(" bc\n"));
    install(Map.of(), "--remove", prefix.toString()).orFail();
    assertEquals(List.of(), files(prefix));
  }

  /** What a process runs of {@code /tmp}, which may be mounted {@code noexec}. */
  private List<String> codeInTemporaryFolders(Path process) throws IOException {
    try (Stream<String> maps = Files.lines(process.resolve("maps"))) {
      return maps.filter(m -> m.contains(" r-xp ") && m.contains(" /tmp/"))
          .filter(m -> !m.contains(" " + temp))
          .toList();
    }
  }

  @Test
  void packagersInstallBelowAnotherFolder() throws IOException {
    install(Map.of("DESTDIR", temp.toString()), "/opt/bc").orFail();
    Path there = temp.resolve("opt/bc");
    assertTrue(Files.isExecutable(there.resolve("bin/bc")));
    for (String file :
        List.of(
            "lib/bc/native/bc.launch",
            "lib/systemd/system/bc.service",
            "lib/systemd/system/bc-serve.service")) {
      String text = Files.readString(there.resolve(file));
      assertTrue(text.contains("/opt/bc/"), text);
      assertFalse(text.contains(temp.toString()), text);
      assertFalse(text.contains("@bc@"), text);
    }
  }

  @Test
  void leavesOtherProgramsAlone() throws IOException {
    Path prefix = temp.resolve("usr");
    Path calculator = Files.createDirectories(prefix.resolve("bin")).resolve("bc");
    Files.writeString(calculator, "a calculator");
    Command.Result refused = install(Map.of(), prefix.toString());
    assertEquals(1, refused.status());
    assertEquals("error: '" + calculator + "' is another program\n", refused.err());
    assertEquals("a calculator", Files.readString(calculator));
    refused = install(Map.of(), "--remove", prefix.toString());
    assertEquals("error: there is no bc in '" + prefix + "'\n", refused.err());
    assertEquals(2, install(Map.of()).status());
    refused = install(Map.of(), "-x");
    assertEquals("error: unknown option '-x'; '--help' says which there are\n", refused.err());
    assertEquals(1, refused.status());
  }
}
