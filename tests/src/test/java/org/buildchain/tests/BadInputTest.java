package org.buildchain.tests;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.ipld.Cid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong ends with a clear message and a status, and what was registered before is still
 * there and right. Messages and statuses are those of Nix, obtained by running it on the same file,
 * where Nix has them.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BadInputTest {
  private static final Path FOLDER = Path.of("src/test/resources").toAbsolutePath();
  private static final Path FILE = FOLDER.resolve("bad-input.nix");

  /** One store for all: what one test does must not hurt the next. */
  private static final Bc BC = new Bc();

  private static final String BEFORE = small(BC, "before");

  @TempDir Path temporary;

  @AfterEach
  void whatWasThereIsStillRight() {
    assertSound(BC, BEFORE);
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  /** The path of something that can be built. */
  private static String small(Bc bc, String text) {
    return bc.run(
            FOLDER,
            "build",
            "--no-link",
            "--expr",
            "(import ./bad-input.nix).small \"" + text + "\"")
        .orFail()
        .strip();
  }

  private static void assertSound(Bc bc, String path) {
    assertEquals(path + "\n", bc.run("store", "cat", path + "/self").orFail());
    Command.Result verified = bc.run("store", "verify");
    assertEquals(0, verified.status(), verified.out() + verified.err());
  }

  private Command.Result build(String attribute) {
    return BC.run(FOLDER, "build", "--no-link", FILE.toString(), "-A", attribute);
  }

  private void assertFails(String attribute, int status, String message) {
    Command.Result result = build(attribute);
    assertTrue(result.err().contains(message), result.err());
    assertEquals(status, result.status(), result.err());
    assertEquals("", result.out());
  }

  private static void assertRefused(String message, String... arguments) {
    Command.Result result = BC.run(arguments);
    assertEquals("error: " + message + "\n", result.err());
    assertEquals(1, result.status());
  }

  @Test
  void filesThatCannotBeReadOrMadeAreNamedWithTheReason() throws IOException {
    String none = temporary.resolve("none").toString();
    String missing = "'" + none + "': No such file or directory";
    assertRefused("cannot read the key file " + missing, "serve", "--key-file", none);
    assertRefused("cannot read the token file " + missing, "serve", "--upload-token-file", none);
    assertRefused("option '--car': " + missing, "serve", "--car", none);
    assertRefused(
        "cannot read the files for TLS: " + missing,
        "serve",
        "--tls-cert",
        none,
        "--tls-key",
        none);
    assertRefused(
        "cannot make the link '" + none + "/result': No such file or directory",
        "build",
        "-o",
        none + "/result",
        "--expr",
        "(import " + FILE + ").small \"before\"");
    String empty = Files.createFile(temporary.resolve("empty")).toString();
    assertRefused(
        "token file '" + empty + "': token: expected at least 16 characters",
        "serve",
        "--upload-token-file",
        empty);
    assertRefused(
        "key file '" + empty + "': secret key: expected 'name:base64'",
        "serve",
        "--key-file",
        empty);
  }

  /** No name below {@code invalid} has an address: RFC 6761, 6.4. */
  @Test
  void serversThatAreNotThereAreNamedWithTheReason() {
    String instead =
        "; 'bc chain devnet' starts a chain on this machine, 'bc chain use URL' takes another";
    assertRefused(
        "cannot reach http://127.0.0.1:1: nobody answers there" + instead,
        "chain",
        "use",
        "http://127.0.0.1:1");
    assertRefused(
        "cannot reach http://none.invalid: its host has no address" + instead,
        "chain",
        "use",
        "http://none.invalid");
    assertRefused("'none': expected the URL of a node, 'http://HOST:8545'", "chain", "use", "none");
    String said = BC.run("eval", "--expr", "builtins.fetchurl \"http://none.invalid/x\"").err();
    assertTrue(said.endsWith("'http://none.invalid/x': Could not resolve host name\n"), said);
  }

  /** Commands about paths take an expression by its own option, as Nix's do. */
  @Test
  void aFileOfAnExpressionInPlaceOfAPathIsToldTheOption() {
    for (String command : List.of("log", "path-info")) {
      assertRefused(
          "path '"
              + FILE
              + "' is not in the Nix store; what the expression there gives is '-f "
              + FILE
              + "'",
          command,
          FILE.toString());
    }
    assertRefused("path '" + temporary + "' is not in the Nix store", "log", temporary.toString());
  }

  @Test
  void anExpressionThatWasForgottenIsMissed() {
    for (String command : List.of("eval", "build", "instantiate")) {
      assertRefused("'-E' and '--expr' want an expression", command, "--expr");
      assertRefused("'-E' and '--expr' want an expression", command, "-E");
    }
  }

  @Test
  void syntaxError() throws IOException {
    Path file = Files.writeString(temporary.resolve("syntax.nix"), "{\n  a = 1\n}\n");
    Command.Result result = BC.run("build", file.toString());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("syntax error, unexpected '}', expecting ';'"), result.err());
    assertTrue(result.err().contains(file + ":3:1:"), result.err());
  }

  @Test
  void missingFile() {
    Command.Result result = BC.run("build", "/no/such/file.nix");
    assertEquals(1, result.status());
    assertTrue(result.err().contains("/no/such/file.nix"), result.err());
  }

  @Test
  void missingAttribute() {
    assertFails("missing-attribute", 1, "attribute 'missing' missing");
    assertFails("missing-attribute", 1, FILE + ":6:23:");
    assertFails("not-there-at-all", 1, "'not-there-at-all'");
  }

  @Test
  void infiniteRecursion() {
    assertFails("infinite-recursion", 1, "infinite recursion encountered");
    assertFails("infinite-recursion", 1, FILE + ":9:11:");
  }

  @Test
  void wrongFixedHash() {
    assertFails("wrong-hash", 102, "hash mismatch in fixed-output derivation '/nix/store/");
    assertFails(
        "wrong-hash", 102, "specified: sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    // sha256sum of "other\n".
    assertFails("wrong-hash", 102, "got:    sha256-fk+i64x6wIlznV3vxEifrWihANkggso1xrQKRSSCH4c=");
  }

  @Test
  void failingBuilder() {
    assertFails("fails", 100, "failed with exit code 3");
    assertFails("fails", 100, "> last words");
    assertFails("no-builder", 100, "'/nowhere/builder': No such file or directory");
    assertFails("input-fails", 100, "1 dependencies of derivation '/nix/store/");
  }

  @Test
  void outputsThatCannotBeKept() {
    assertFails("no-output", 1, "failed to produce output path for output 'out'");
    assertFails("a-fifo", 1, "has an unsupported type");
    assertFails("forbidden-reference", 1, "is not allowed to refer to the following paths");
  }

  @Test
  void hostPathThatIsNotAdmitted() {
    assertFails(
        "not-admitted",
        1,
        "requested impure path '/root', but it was not in allowed-impure-host-deps");
  }

  @Test
  void killedBuilder() throws Exception {
    String marker = "7531" + System.nanoTime();
    Process client = waiting(marker);
    builder(marker).destroyForcibly();
    String err = new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(100, client.waitFor(), err);
    assertTrue(err.contains("failed due to signal 9 (Killed)"), err);
  }

  @Test
  void interruptedClient() throws Exception {
    String marker = "7532" + System.nanoTime();
    Process client = waiting(marker);
    ProcessHandle builder = builder(marker);
    new ProcessBuilder("kill", "-INT", Long.toString(client.pid())).start().waitFor();
    assertNotEquals(0, client.waitFor());
    builder.onExit().get(60, TimeUnit.SECONDS);
    assertEquals(List.of(), builds());
  }

  @Test
  void killedClient() throws Exception {
    String marker = "7533" + System.nanoTime();
    Process client = waiting(marker);
    ProcessHandle builder = builder(marker);
    client.destroyForcibly().waitFor();
    builder.onExit().get(60, TimeUnit.SECONDS);
  }

  @Test
  void killedDaemon() throws Exception {
    String marker = "7534" + System.nanoTime();
    Process client = waiting(marker);
    ProcessHandle builder = builder(marker);
    daemon().destroyForcibly();
    String err = new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertNotEquals(0, client.waitFor());
    assertTrue(err.contains("daemon"), err);
    builder.onExit().get(60, TimeUnit.SECONDS);
  }

  /** A client whose builder runs and waits. */
  private Process waiting(String marker) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            // A shell's background jobs ignore SIGINT, and so would the client.
            "env",
            "--default-signal=INT",
            Bc.program().toString(),
            "build",
            "--no-link",
            "-L",
            "--expr",
            "(import " + FILE + ").waits \"" + marker + "\"");
    builder.environment().put("BC_ROOT", BC.root().toString());
    Process client = builder.start();
    // Its log says so when it runs.
    StringBuilder said = new StringBuilder();
    while (said.indexOf("begun") < 0) {
      int c = client.getErrorStream().read();
      assertTrue(c >= 0, said.toString());
      said.append((char) c);
    }
    return client;
  }

  /** The sleeping builder; it has just been started or is about to become {@code sleep}. */
  private static ProcessHandle builder(String marker) {
    while (true) {
      for (ProcessHandle p : ProcessHandle.allProcesses().toList()) {
        List<String> words = List.of(p.info().arguments().orElse(new String[0]));
        if (words.equals(List.of(marker))) {
          return p;
        }
      }
      Thread.onSpinWait();
    }
  }

  /** The daemon of the test's store. */
  private ProcessHandle daemon() {
    String status = BC.run("daemon", "status").orFail();
    Matcher process = Pattern.compile("process: +([0-9]+)").matcher(status);
    assertTrue(process.find(), status);
    return ProcessHandle.of(Long.parseLong(process.group(1))).orElseThrow();
  }

  private List<String> builds() throws IOException {
    try (var files = Files.list(BC.root().resolve("builds"))) {
      return files.map(Path::toString).toList();
    }
  }

  @Test
  void fullDisk() throws Exception {
    Path disk = Files.createTempDirectory(Path.of("/tmp"), "bc-disk");
    run("mount", "-t", "tmpfs", "-o", "size=24m", "none", disk.toString());
    try {
      Bc small = new Bc(Files.createDirectory(disk.resolve("r")));
      String kept = small(small, "kept");
      List<String> build = List.of("build", "--no-link", FILE.toString(), "-A", "too-large");
      Command.Result result = small.run(FOLDER, build.toArray(String[]::new));
      assertNotEquals(0, result.status());
      assertTrue(result.err().contains("more to disk than build-disk-max"), result.err());
      List<String> unlimited = new ArrayList<>(build);
      unlimited.addAll(List.of("--option", "build-disk-max", "0"));
      result = small.run(FOLDER, unlimited.toArray(String[]::new));
      assertNotEquals(0, result.status());
      assertTrue(result.err().contains("No space left on device"), result.err());
      assertSound(small, kept);
      // What was left half-written is gone, and there is room again.
      small(small, "after");
      Path large = Files.createDirectory(temporary.resolve("large"));
      fillBut(disk, 2);
      for (int i = 0; i < 40; i++) {
        byte[] content = new byte[1024 * 1024];
        new Random(i).nextBytes(content);
        Files.write(large.resolve("file" + i), content);
      }
      result = small.run("store", "add", large.toString());
      assertNotEquals(0, result.status());
      String full = ": the disk of the store '" + disk.resolve("r") + "' is full; 'bc store gc'";
      assertTrue(result.err().startsWith("error: No space left on device" + full), result.err());
      // Alone it takes more than there is, and gives all back before somebody looks.
      Files.delete(disk.resolve("filler"));
      Path larger = temporary.resolve("larger");
      Files.write(larger, new byte[1 << 20]);
      for (int i = 0; i < 40; i++) {
        Files.write(larger, Files.readAllBytes(large.resolve("file" + i)), APPEND);
      }
      result = small.run("store", "add", larger.toString());
      assertEquals(1, result.status());
      assertTrue(result.err().startsWith("error: No space left on device" + full), result.err());
      fillBut(disk, 2);
      String many =
          "builtins.genList (i: derivation { name = toString i; builder = \"b\"; system = \"s\";"
              + " text = builtins.concatStringsSep (toString i) (builtins.genList toString 1000);"
              + " }) 4000";
      result = small.run("instantiate", "-E", many);
      assertEquals(1, result.status());
      assertTrue(result.err().startsWith("error: No space left on device" + full), result.err());
      assertSound(small, kept);
      small.run("daemon", "stop").orFail();
      Files.delete(disk.resolve("filler"));
      assertSound(small, kept);
      small.run("daemon", "stop").orFail();
    } finally {
      run("umount", "-l", disk.toString());
      Files.delete(disk);
    }
  }

  /** Leaves this many MiB of a disk. */
  private static void fillBut(Path disk, int mebibytes) throws IOException {
    long room = Files.getFileStore(disk).getUsableSpace() - mebibytes * 1024L * 1024;
    Files.write(disk.resolve("filler"), new byte[(int) Math.max(room, 0)]);
  }

  @Test
  void corruptedBlock() throws Exception {
    String path = small(BC, "to be damaged");
    BC.run("daemon", "stop").orFail();
    byte[] content = "to be damaged\n".getBytes(StandardCharsets.UTF_8);
    String cid = Cid.of(Cid.Codec.RAW, content).toString();
    flip(BC.root().resolve("packs"), content);

    Path seen = BC.view(path).resolve("text");
    BC.run("daemon", "start").orFail();
    assertThrows(IOException.class, () -> Files.readAllBytes(seen));
    Command.Result cat = BC.run("store", "cat", path + "/text");
    assertNotEquals(0, cat.status());
    assertEquals("", cat.out());
    assertTrue(cat.err().contains(cid), cat.err());
    Command.Result verified = BC.run("store", "verify");
    assertNotEquals(0, verified.status());
    assertTrue((verified.out() + verified.err()).contains(cid), verified.out() + verified.err());
    // The rest can be read.
    assertEquals(path + "\n", Files.readString(BC.view(path).resolve("self")));
    BC.run("daemon", "stop").orFail();
    content[0] ^= 1;
    flip(BC.root().resolve("packs"), content);
    BC.run("store", "verify").orFail();
  }

  @Test
  void damagedOutputsAreBuiltAgain() throws Exception {
    String path = small(BC, "to be mended");
    Path file = temporary.resolve("source");
    Files.writeString(file, "nobody makes this again");
    String source = BC.run("store", "add", file.toString()).orFail().strip();
    BC.run("daemon", "stop").orFail();
    byte[] built = "to be mended\n".getBytes(StandardCharsets.UTF_8);
    byte[] added = "nobody makes this again".getBytes(StandardCharsets.UTF_8);
    flip(BC.root().resolve("packs"), built);
    flip(BC.root().resolve("packs"), added);

    Command.Result mended = BC.run("store", "verify", "--repair");
    assertEquals(1, mended.status());
    assertTrue(mended.err().contains("mended '" + path + "'"), mended.err());
    assertTrue(mended.err().contains("'" + source + "' is still damaged"), mended.err());
    assertEquals("to be mended\n", Files.readString(BC.view(path).resolve("text")));
    assertEquals(path + "\n", Files.readString(BC.view(path).resolve("self")));

    BC.run("store", "add", file.toString()).orFail();
    assertEquals("nobody makes this again", Files.readString(BC.view(source)));
    BC.run("store", "verify").orFail();
  }

  /** Flips the lowest bit of the first octet of this content where a pack holds it. */
  private static void flip(Path packs, byte[] content) throws IOException {
    String sought = new String(content, StandardCharsets.ISO_8859_1);
    int found = 0;
    try (var files = Files.walk(packs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        int at = Files.readString(file, StandardCharsets.ISO_8859_1).indexOf(sought);
        if (at >= 0) {
          found++;
          file.toFile().setWritable(true);
          try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (content[0] ^ 1)}), at);
          }
        }
      }
    }
    assertEquals(1, found);
  }

  private static void run(String... command) {
    Command.run(Path.of("/"), Map.of(), List.of(command)).orFail();
  }
}
