package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A command that is repeated word for word gets the reply that it has got, without being read, as
 * long as a fresh run would say the same. What it must say is plain from the expression.
 */
@Timeout(300)
class RepeatedCommandTest {
  private static final int STEPS = Integer.getInteger("bc.steps", 400);
  private static final long SEED = Long.getLong("bc.seed", 20261122);
  private static final int TRIES = 200;

  private static final String DERIVATION =
      """
      derivation {
        name = "kept"; system = "x86_64-linux"; builder = "/bin/sh"; text = builtins.readFile ./text;
      }
      """;

  @TempDir Path temp;
  private Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private Bc bc;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(temp.toRealPath().resolve("work"));
    bc = new Bc();
    variables.put("BC_ROOT", bc.root().toString());
    variables.put("HOME", Files.createDirectory(temp.resolve("home")).toString());
    variables.put("XDG_CONFIG_HOME", "");
    variables.put("NIX_PATH", "");
    write("text", "first");
  }

  @AfterEach
  void stop() {
    bc.close();
  }

  private void write(String file, String content) {
    try {
      // As editors do, by another file under the name.
      Path fresh = folder.resolve(file + ".new");
      Files.createDirectories(fresh.getParent());
      Files.writeString(fresh, content);
      Files.move(fresh, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Command.Result run(Path where, List<String> args) {
    List<String> command = new ArrayList<>(List.of(Bc.program().toString()));
    command.addAll(args);
    return Command.run(where, variables, command);
  }

  private Command.Result run(String... args) {
    return run(folder, List.of(args));
  }

  /** How many commands of this daemon have got the reply of an earlier one. */
  private int repeated() {
    String line =
        bc.run("daemon", "status")
            .orFail()
            .lines()
            .filter(l -> l.startsWith("repeated:"))
            .findFirst()
            .orElseThrow();
    return Integer.parseInt(line.split("\\s+")[1]);
  }

  /** Runs a command until it has got the reply of an earlier one; all replies are the same. */
  private Command.Result kept(String... args) {
    Command.Result first = run(args);
    assertEquals(0, first.status(), first.err());
    int before = repeated();
    for (int i = 0; i < TRIES; i++) {
      Command.Result next = run(args);
      assertEquals(first.out(), next.out());
      assertEquals(first.err(), next.err());
      assertEquals(0, next.status());
      if (repeated() > before) {
        return next;
      }
    }
    throw new AssertionError("never kept: " + String.join(" ", args));
  }

  private void assertNeverKept(String... args) {
    run("--version");
    int before = repeated();
    for (int i = 0; i < 10; i++) {
      run(args);
    }
    assertEquals(before, repeated());
  }

  @Test
  void whatIsReadIsLookedAt() {
    write("default.nix", "{ a = builtins.readFile ./text; b = builtins.pathExists ./more; }");
    assertEquals("{ a = \"first\"; b = false; }\n", kept("eval").out());
    write("text", "second");
    assertEquals("{ a = \"second\"; b = false; }\n", run("eval").out());
    write("more", "");
    assertEquals("{ a = \"second\"; b = true; }\n", kept("eval").out());
    write("default.nix", "3");
    assertEquals("3\n", run("eval").out());
    assertEquals("3\n", kept("eval").out());
  }

  @Test
  void settingsAreReadAgain() throws IOException {
    String[] system = {"eval", "--raw", "--expr", "builtins.currentSystem"};
    bc.run("daemon", "start").orFail();
    // That no file is there is known by stamps at once, what one says only after two seconds.
    Files.delete(bc.root().resolve("bc.conf"));
    String own = kept(system).out();
    assertNotEquals("riscv64-linux", own);
    Path conf = Path.of(variables.get("HOME"), ".config/bc/bc.conf");
    Files.createDirectories(conf.getParent());
    Files.writeString(conf, "system = riscv64-linux\n");
    assertEquals("riscv64-linux", kept(system).out());
    Files.writeString(conf, "!include other.conf\nno-such-setting = 1\n");
    Command.Result warned = kept(system);
    assertEquals(own, warned.out());
    assertTrue(warned.err().contains("no-such-setting"), warned.err());
    Files.writeString(conf.resolveSibling("other.conf"), "system = aarch64-linux\n");
    assertEquals("aarch64-linux", kept(system).out());
    Files.delete(conf);
    assertEquals(own, kept(system).out());
    Files.writeString(bc.root().resolve("bc.conf"), "system = i686-linux\n");
    assertEquals("i686-linux", run(system).out());
  }

  @Test
  void derivationsThatWereRemovedAreWrittenAgain() throws IOException {
    write("default.nix", DERIVATION);
    String path = kept("instantiate").out().strip();
    bc.run("store", "delete", path).orFail();
    assertTrue(bc.run("store", "path-info", path).status() != 0);
    assertEquals(path, run("instantiate").out().strip());
    bc.run("store", "path-info", path).orFail();
    assertEquals(path, kept("instantiate").out().strip());
    bc.run("store", "gc").orFail();
    assertEquals(path, run("instantiate").out().strip());
    bc.run("store", "path-info", path).orFail();
    String json = kept("instantiate", "--json").out();
    assertTrue(json.contains("\"drvPath\":\"" + path + "\""), json);
  }

  @Test
  void messagesComeAgain() {
    write("default.nix", "builtins.trace \"said\" (builtins.warn \"warned\" 1)");
    Command.Result said = kept("eval");
    assertTrue(said.err().contains("trace: said"), said.err());
    assertTrue(said.err().contains("warned"), said.err());
    assertEquals("1\n", said.out());
    variables.put("CLICOLOR_FORCE", "1");
    assertTrue(run("eval").err().contains("\033["), "colours are asked for");
  }

  @Test
  void foldersThatComeAndGoAreNoticed() throws IOException {
    write("default.nix", "1");
    write(
        "flake.nix",
        "{ outputs = _: { packages.x86_64-linux.default = 2; packages.aarch64-linux.default = 2; };"
            + " }");
    assertEquals("1\n", kept("eval", "--extra-experimental-features", "flakes").out());
    Files.delete(folder.resolve("default.nix"));
    assertEquals("2\n", run("eval", "--extra-experimental-features", "flakes").out());
    write("default.nix", "3");
    assertEquals("3\n", kept("eval").out());

    Files.writeString(Files.createDirectory(temp.resolve("a")).resolve("default.nix"), "\"a\"");
    Files.writeString(Files.createDirectory(temp.resolve("b")).resolve("default.nix"), "\"b\"");
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, temp.resolve("a"));
    assertEquals("a", kept("eval", "--raw", "./link").out());
    Files.delete(link);
    Files.createSymbolicLink(link, temp.resolve("b"));
    assertEquals("b", run("eval", "--raw", "./link").out());
    Files.delete(link);
    Files.move(temp.resolve("a"), link);
    assertEquals("a", kept("eval", "--raw", "./link").out());
  }

  @Test
  void whatIsNotKnownIsNeverKept() throws IOException {
    Path input = Files.writeString(temp.resolve("input"), "x");
    write("default.nix", "{ x ? 0 }: x");
    write("flake.nix", "{ outputs = _: { x = 1; }; }");
    assertNeverKept("eval", "--expr", "builtins.currentTime");
    assertNeverKept("eval", "--expr", "throw \"no\"");
    assertNeverKept("eval", "--lazy", "--expr", "[ (1 + 1) ]");
    assertNeverKept("eval", "--arg-from-file", "x", input.toString());
    assertNeverKept("eval", "-");
    assertNeverKept("eval", "path:" + folder + "#x");
    assertNeverKept("--version");
    Files.writeString(input, "y");
    assertEquals("\"y\"\n", run("eval", "--arg-from-file", "x", input.toString()).out());
  }

  @Test
  void namesOfNixDoWhatTheyDo() throws IOException {
    write("default.nix", DERIVATION);
    Path program = folder.resolve("nix-instantiate");
    Files.createSymbolicLink(program, Bc.program());
    List<String> command = List.of(program.toString(), "--add-root", "root");
    for (int i = 0; i < 5; i++) {
      assertEquals(0, Command.run(folder, variables, command).status());
      // It is made each time.
      Files.delete(folder.resolve("root"));
    }
    int before = repeated();
    for (int i = 0; i < TRIES && repeated() == before; i++) {
      Command.Result plain = Command.run(folder, variables, List.of(program.toString()));
      assertTrue(plain.err().contains("you did not specify '--add-root'"), plain.err());
      assertTrue(plain.out().endsWith("-kept.drv\n"), plain.out());
    }
    assertTrue(repeated() > before);
  }

  /** Draws changes of the world and commands; what these print follows from the world. */
  @Test
  void anyChangeIsSeen() throws IOException {
    Random random = new Random(SEED);
    write("in/p/default.nix", "\"in\"");
    write("at/p/default.nix", "\"at\"");
    write("in/q/default.nix", "\"q\"");
    String expression =
        "x: \"${builtins.readFile "
            + folder
            + "/text} ${builtins.getEnv \"V\"} ${builtins.currentSystem} ${import <p>} ${x}\"";
    write("top.nix", "{ x }: (" + expression + ") x");
    Path conf = bc.root().resolve("bc.conf");
    String text = "first";
    String system = "x86_64-linux";
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(9)) {
        case 0 -> write("text", text = "text" + random.nextInt(3));
        case 1 -> variables.put("V", "v" + random.nextInt(2));
        case 2 -> {
          system = random.nextBoolean() ? "x86_64-linux" : "riscv64-linux";
          Files.writeString(conf, "daemon-warm-up = false\nsystem = " + system + "\n");
        }
        case 3 -> {
          // Content, time and length stay, and the file is another one.
          Path file = folder.resolve("text");
          var time = Files.getLastModifiedTime(file);
          Files.writeString(file, text = random.nextBoolean() ? "textA" : "textB");
          Files.setLastModifiedTime(file, time);
        }
        default -> {}
      }
      boolean in = random.nextBoolean();
      String x = random.nextBoolean() ? "1" : "2";
      String other = random.nextInt(4) == 0 ? "riscv32-linux" : "";
      variables.put("NIX_PATH", random.nextBoolean() ? "" : folder + "/at");
      List<String> args = new ArrayList<>(List.of("eval", "--raw", folder + "/top.nix"));
      args.addAll(List.of("--argstr", "x", x));
      if (!other.isEmpty()) {
        args.addAll(List.of("--option", "system", other));
      }
      // The folder is what -I counts from.
      args.addAll(List.of("-I", "."));
      String expected =
          "%s %s %s %s %s"
              .formatted(
                  text,
                  variables.getOrDefault("V", ""),
                  other.isEmpty() ? system : other,
                  in ? "in" : "at",
                  x);
      Command.Result result = run(folder.resolve(in ? "in" : "at"), args);
      assertEquals(expected, result.out(), "seed " + SEED + ", step " + i + "\n" + result.err());
    }
    // Or nothing was tried.
    assertTrue(repeated() > STEPS / 20, repeated() + " of " + STEPS);
  }

  /** What is kept of a search, by this daemon or an earlier one, is the packages that there are. */
  @Test
  void packagesAreSearchedAsTheyAreNow() {
    write(
        "packages.nix",
        """
        {
          a = { type = "derivation"; name = "a-1"; meta.description = builtins.readFile ./text; };
          b = { type = "derivation"; name = "b-2"; };
        }
        """);
    String[] search = {"search", "-f", "./packages.nix", ".", "^a"};
    String first = "* a (1)\n  first\n";
    assertEquals(first, run(search).orFail());
    assertEquals("* b (2)\n", run("search", "-f", "./packages.nix", ".", "^b").orFail());
    bc.run("daemon", "stop").orFail();
    assertEquals(first, run(search).orFail());
    write("text", "second");
    assertEquals("* a (1)\n  second\n", run(search).orFail());
    write("packages.nix", "{ aa = { type = \"derivation\"; name = \"aa-3\"; }; }");
    assertEquals("* aa (3)\n", run(search).orFail());
  }
}
