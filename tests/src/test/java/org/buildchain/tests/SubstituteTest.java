package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bc build} fetches what the machine's Nix, or another bc, has built and signed. */
class SubstituteTest {
  private static final Path EXAMPLE = Path.of("../examples/hello").toAbsolutePath();
  private static final String EXPRESSION = "import ./. {}";

  @TempDir static Path folder;

  private static String hello;
  private static String key;
  private static Map<String, PathFacts> closure;

  @BeforeAll
  static void nixBuildsAndSigns() {
    String drv =
        Nix.run(EXAMPLE, "nix-instantiate", "--expr", EXPRESSION)
            .orFail()
            .lines()
            .findFirst()
            .get();
    hello = Nix.realise(EXAMPLE, List.of(drv)).getFirst();
    List<String> paths = Nix.run(EXAMPLE, "nix-store", "-qR", hello).orFail().lines().toList();
    assertEquals(2, paths.size());
    closure = Nix.query(EXAMPLE, paths);
    nix("key", "generate-secret", "--key-name", "nix-1", ">secret.key");
    key = nix("key", "convert-secret-to-public", "<secret.key");
    for (String compression : List.of("xz", "zstd", "bzip2", "gzip", "none")) {
      copy("signed-" + compression, "&secret-key=" + folder + "/secret.key", compression);
    }
    copy("unsigned", "", "xz");
  }

  private static void copy(String cache, String parameters, String compression) {
    nix(
        "copy",
        "--to",
        "'file://" + folder + "/" + cache + "?compression=" + compression + parameters + "'",
        hello);
  }

  private static String nix(String... arguments) {
    return Command.run(
            folder,
            Map.of("HOME", folder.toString()),
            List.of(
                "sh",
                "-ec",
                "nix --extra-experimental-features nix-command --option substitute false "
                    + String.join(" ", arguments)))
        .orFail();
  }

  private static Command.Result build(Bc bc, String substituters, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "build",
                "--no-link",
                "--expr",
                EXPRESSION,
                "--option",
                "substituters",
                substituters,
                "--option",
                "trusted-public-keys",
                key));
    arguments.addAll(Arrays.asList(options));
    return bc.run(EXAMPLE, arguments.toArray(String[]::new));
  }

  /** It has all of it, as Nix has, and has built nothing. */
  private static void fetched(Bc bc, Command.Result build) {
    assertEquals(hello, build.orFail().strip());
    assertFalse(build.err().contains("building"), build.err());
    assertEquals(closure, bc.query(List.copyOf(closure.keySet())));
    assertEquals(
        "Hello, world!\n",
        Command.run(folder, Map.of(), List.of(bc.view(hello) + "/bin/hello")).out());
    assertTrue(bc.run("store", "verify").orFail().contains("0 problems"));
  }

  @Test
  void fetchesFromAFolderThatNixHasFilled() {
    try (Bc bc = new Bc()) {
      for (String compression : List.of("xz", "zstd", "bzip2", "gzip", "none")) {
        String url = "file://" + folder + "/signed-" + compression;
        Command.Result dry = build(bc, url, "--dry-run");
        assertTrue(dry.err().contains("these 2 paths will be fetched"), dry.err());
        fetched(bc, build(bc, url));
        bc.run("store", "gc").orFail();
      }
    }
  }

  @Test
  void fetchesOverHttp() {
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            folder.resolve("signed-xz"),
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    try (Bc bc = new Bc()) {
      fetched(bc, build(bc, "http://127.0.0.1:" + server.getAddress().getPort()));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void damagedPathsAreFetchedAgain() throws IOException {
    try (Bc bc = new Bc()) {
      String url = "file://" + folder + "/signed-xz";
      build(bc, url).orFail();
      bc.run("daemon", "stop").orFail();
      Files.writeString(
          bc.root().resolve("bc.conf"),
          "substituters = " + url + "\ntrusted-public-keys = " + key + "\n");
      // Nothing is left of any block.
      for (String kind : List.of("packs", "blocks")) {
        try (Stream<Path> files = Files.list(bc.root().resolve(kind))) {
          for (Path file : files.toList()) {
            byte[] nothing = new byte[(int) Files.size(file)];
            Files.delete(file);
            Files.write(file, nothing);
          }
        }
      }
      Command.Result mended = bc.run("store", "verify", "--repair");
      assertTrue(mended.err().contains("mended '" + hello + "'"), mended.err());
      // The derivations are in no cache: evaluating writes them again.
      fetched(bc, build(bc, url));
    }
  }

  @Test
  void buildsWhatNobodyHasSigned() {
    try (Bc bc = new Bc()) {
      String url = "file://" + folder + "/unsigned";
      Command.Result build = build(bc, url);
      assertEquals(hello, build.orFail().strip());
      assertTrue(build.err().contains("building"), build.err());
      assertTrue(build.err().contains("not signed by any of the keys"), build.err());
    }
    try (Bc bc = new Bc()) {
      String url = "file://" + folder + "/unsigned";
      fetched(bc, build(bc, url, "--option", "require-sigs", "false"));
    }
  }

  @Test
  void fetchesFromAnotherBc() throws Exception {
    try (Bc first = new Bc();
        Bc second = new Bc()) {
      fetched(first, build(first, "file://" + folder + "/signed-xz"));
      // It keeps what Nix has signed, and hands it on.
      try (Served served = new Served(first, folder)) {
        fetched(second, build(second, served.url()));
      }
    }
  }

  @Test
  void aPathAloneCanBeCopied() {
    try (Bc bc = new Bc()) {
      String signed = "file://" + folder + "/signed-zstd";
      String unsigned = "file://" + folder + "/unsigned";
      assertEquals(1, bc.run("copy", "--from", unsigned, hello).status());
      bc.run("copy", "--from", signed, "--option", "trusted-public-keys", key, hello).orFail();
      assertEquals(closure, bc.query(List.copyOf(closure.keySet())));
    }
    try (Bc bc = new Bc()) {
      String unsigned = "file://" + folder + "/unsigned";
      bc.run("copy", "--from", unsigned, "--no-check-sigs", hello).orFail();
      assertEquals(closure, bc.query(List.copyOf(closure.keySet())));
    }
  }
}
