package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No expression ends the daemon: each fails with Nix's kind of error or a stated limit, and the
 * same daemon answers the next caller.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostileExpressionsTest {
  private static final Bc BC = new Bc();

  @TempDir static Path files;

  private static String daemon;

  /** A list of pairs nested so deep that it would be written with 2^60 elements. */
  private static final String SHARED =
      "(builtins.foldl' (a: _: [ a a ]) [ 1 ] (builtins.genList (x: x) 60))";

  private static final String HOLDS_MUCH =
      "builtins.length (builtins.genList (x: [ x x x ]) 4000000)";

  /** Holds it until it is ended, on however fast a machine: 10^11 calls. */
  private static final String HOLDS_MUCH_FOR_LONG =
      """
      let
        much = builtins.genList (x: [ x x x ]) 2000000;
        busy = n: if n == 0 then 0 else busy (n - 1);
        long = builtins.foldl' (a: b: a + busy 1000) 0 (builtins.genList (x: x) 100000000);
      in builtins.deepSeq much (long + builtins.length much)\
      """;

  @BeforeAll
  static void prepare() throws IOException {
    run("mkfifo", files.resolve("fifo").toString());
    Files.createDirectory(files.resolve("folder"));
    run("mkfifo", files.resolve("folder/fifo").toString());
    Files.createSymbolicLink(files.resolve("one"), Path.of("other"));
    Files.createSymbolicLink(files.resolve("other"), Path.of("one"));
    nested("parens.nix", "(", 1_000_000);
    nested("lists.nix", "[", 100_000_000);
    nested("strings.nix", "\"${", 1_000_000);
    nested("deep.json", "[", 1_000_000);
    BC.run("eval", "--expr", "0").orFail();
    daemon = process();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  @AfterEach
  void theDaemonGoesOn() {
    assertEquals("2\n", BC.run("eval", "--expr", "1 + 1").orFail());
    assertEquals(daemon, process());
  }

  private static void run(String... command) {
    Command.run(Path.of("/"), java.util.Map.of(), List.of(command)).orFail();
  }

  private static void nested(String name, String opening, int count) throws IOException {
    byte[] unit = opening.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[unit.length * count];
    for (int i = 0; i < all.length; i++) {
      all[i] = unit[i % unit.length];
    }
    Files.write(files.resolve(name), all);
  }

  private static String process() {
    return BC.run("daemon", "status")
        .orFail()
        .lines()
        .filter(l -> l.startsWith("process:"))
        .findFirst()
        .orElseThrow();
  }

  private static String path(String name) {
    return files.resolve(name).toString();
  }

  static Stream<Arguments> expressions() {
    return Stream.of(
        Arguments.of("let x = x; in x", "infinite recursion encountered"),
        Arguments.of("let f = x: f x + 1; in f 1", "stack overflow; max-call-depth exceeded"),
        Arguments.of("let a = { b = a; }; f = x: f x.b; in f a", "max-call-depth exceeded"),
        Arguments.of("builtins.genList (x: x) 2147483648", "is longer than 268435456 elements"),
        Arguments.of("builtins.genList (x: x) 9223372036854775807", "is longer than"),
        Arguments.of(
            "let s = builtins.foldl' (a: _: a + a) \"0123456789abcdef\" (builtins.genList (x: x)"
                + " 27); in builtins.stringLength s",
            "memory|a string is longer than 1073741824 bytes"),
        Arguments.of(
            "builtins.match \"((a{1000}){1000}){1000}\" \"a\"",
            "memory limit exceeded by regular expression"),
        Arguments.of("builtins.readFile /dev/zero", "'/dev/zero' is not a regular file"),
        Arguments.of("import /dev/null", "syntax error, unexpected end of file"),
        Arguments.of("builtins.readDir " + path("parens.nix"), "is not a directory"),
        Arguments.of("import /dev/zero", "'/dev/zero' is not a regular file"),
        Arguments.of("builtins.hashFile \"sha256\" /dev/zero", "'/dev/zero' is not a regular"),
        Arguments.of("import " + path("fifo"), "is not a regular file"),
        Arguments.of("builtins.readFile " + path("fifo"), "is not a regular file"),
        Arguments.of("\"${" + path("folder") + "}\"", "has an unsupported type"),
        Arguments.of("\"${/dev/zero}\"", "has an unsupported type"),
        Arguments.of("import " + path("one"), "too many symbolic links|infinite symlink"),
        Arguments.of("99999999999999999999999999999999999999", "invalid integer"),
        Arguments.of("1.0e999999", "invalid float"),
        Arguments.of("import " + path("parens.nix"), "nested more than"),
        Arguments.of("import " + path("lists.nix"), "nested more than"),
        Arguments.of("import " + path("strings.nix"), "nested more than"),
        Arguments.of(
            "builtins.fromJSON (builtins.readFile " + path("deep.json") + ")", "nested more than"));
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void failsClearly(String expression, String messages) {
    Command.Result r = BC.run("eval", "--expr", expression);
    assertEquals(1, r.status(), r.err());
    assertTrue(
        Arrays.stream(messages.split("\\|")).anyMatch(r.err()::contains),
        () -> r.err().substring(0, Math.min(r.err().length(), 2000)));
    assertEquals("", r.out());
  }

  private static final String DEEP_LIST =
      "(builtins.foldl' (a: _: [ a ]) [ 1 ] (builtins.genList (x: x) 1000000))";
  private static final String DEEP_SET =
      "(builtins.foldl' (a: _: { x = a; }) { } (builtins.genList (x: x) 1000000))";

  static Stream<String> deepValues() {
    return Stream.of(
        "builtins.deepSeq " + DEEP_LIST + " true",
        "builtins.deepSeq " + DEEP_SET + " true",
        "builtins.stringLength (builtins.toJSON " + DEEP_LIST + ") > 0");
  }

  static Stream<String> moreDeepValues() {
    return Stream.of(
        DEEP_LIST + " == " + DEEP_LIST,
        DEEP_SET + " == " + DEEP_SET,
        "builtins.stringLength (toString " + DEEP_LIST + ") > 0",
        "(builtins.foldl' (a: _: { v = a.v + 1; }) { v = 0; } (builtins.genList (x: x) 1000000)).v"
            + " > 0");
  }

  /** Whether a million levels fit is the machine's affair; that it is one of these two is not. */
  @ParameterizedTest
  @MethodSource("deepValues")
  void deepValuesAreDoneOrTooDeep(String expression) {
    Command.Result r = BC.run("eval", "--expr", expression);
    boolean done = r.status() == 0 && r.out().equals("true\n");
    boolean tooDeep = r.status() == 1 && r.err().contains("stack overflow");
    assertTrue(done || tooDeep, () -> r.err().substring(0, Math.min(r.err().length(), 2000)));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("moreDeepValues")
  void deepValuesThatTakeLongAreDoneOrTooDeep(String expression) {
    deepValuesAreDoneOrTooDeep(expression);
  }

  @Test
  void memoryLimitEndsOneEvaluationOnly() throws Exception {
    // Another's evaluation runs at the same time, and goes on.
    CompletableFuture<Command.Result> other =
        CompletableFuture.supplyAsync(
            () ->
                BC.run(
                    "eval",
                    "--option",
                    "eval-memory-limit",
                    "50000000",
                    "--expr",
                    "builtins.foldl' builtins.add 0 (builtins.concatMap (x: builtins.genList (y: y)"
                        + " 100) (builtins.genList (x: x) 1000))"));
    Command.Result r =
        BC.run("eval", "--option", "eval-memory-limit", "50000000", "--expr", HOLDS_MUCH_FOR_LONG);
    assertEquals(1, r.status(), r.err());
    assertTrue(
        r.err()
            .contains(
                "the evaluation holds more memory than the setting 'eval-memory-limit' allows"
                    + " (50000000 bytes)"),
        r.err());
    // 1000 times the sum of 0 to 99.
    assertEquals("4950000\n", other.get().orFail());
    assertEquals("4000000\n", BC.run("eval", "--expr", HOLDS_MUCH).orFail());
  }

  static Stream<String> endless() {
    return Stream.of(
        SHARED + " == " + SHARED,
        "builtins.foldl' (a: b: a) 0 (builtins.concatMap (x: builtins.genList (y: y) 1000)"
            + " (builtins.genList (x: x) 100000))");
  }

  @ParameterizedTest
  @MethodSource("endless")
  void interrupt(String expression) throws Exception {
    ProcessBuilder b =
        new ProcessBuilder(
            // A shell's background jobs ignore SIGINT, and so would the client.
            "env",
            "--default-signal=INT",
            Bc.program().toString(),
            "eval",
            "--expr",
            "builtins.trace \"begun\" (" + expression + ")");
    b.environment().put("BC_ROOT", BC.root().toString());
    Process client = b.start();
    StringBuilder said = new StringBuilder();
    while (said.indexOf("begun") < 0) {
      int c = client.getErrorStream().read();
      assertTrue(c >= 0, said.toString());
      said.append((char) c);
    }
    new ProcessBuilder("kill", "-INT", Long.toString(client.pid())).start().waitFor();
    String err = new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertNotEquals(0, client.waitFor());
    // The daemon says so once the evaluation has ended.
    assertTrue(err.contains("interrupted by the user"), err);
  }

  @Test
  void fileThatChangesWhileItIsRead() throws Exception {
    Path file = Files.writeString(files.resolve("changing"), "x".repeat(100_000));
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int i = 0; !done.get(); i++) {
                      Files.writeString(file, "x".repeat(i % 2 == 0 ? 10 : 3_000_000));
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    try {
      for (int i = 0; i < 20; i++) {
        Command.Result read =
            BC.run("eval", "--expr", "builtins.stringLength (builtins.readFile " + file + ") >= 0");
        assertTrue(read.status() == 0 || read.status() == 1, read.err());
        Command.Result copied = BC.run("eval", "--expr", "\"${" + file + "}\"");
        assertTrue(copied.status() == 0 || copied.status() == 1, copied.err());
      }
    } finally {
      done.set(true);
      writer.join();
    }
    assertEquals(0, BC.run("store", "verify").status());
  }
}
