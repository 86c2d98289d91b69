package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code fetchGit} and {@code fetchTree} of what {@code resources/fetch.sh} makes: values and
 * messages of Nix 2.26.3, which stand in {@code resources/fetch.txt}.
 */
class FetchTest {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();
  private static final Bc BC = new Bc();

  // What Nix says of the folder 'dirty'.
  private static final String DIRTY = "sha256-OtsmrylzADF0oCWX8c65tttiS/TdhjdT8zIZPaxxXBw=";
  private static final String CLEAN = "sha256-JSiz60xtEveEpEQQa135LRgBhC37/ZgjNRsrxaILz9Q=";

  // Of its last commit, which has a folder for the submodule.
  private static final String COMMIT = "sha256-phOPcapmz+lFyljh99i8Dn8Kxz4iWoGgnJS/8kCCLTI=";

  @TempDir static Path temp;

  private static String at;
  private static NixInstantiate nix;

  @BeforeAll
  static void prepare() {
    nix = NixInstantiate.in(temp, BC);
    Path made = make("made");
    at = made.toString();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Path make(String name) {
    try {
      Path folder = Files.createDirectories(temp.resolve(name));
      Command.run(folder, Map.of(), List.of("sh", RESOURCES.resolve("fetch.sh").toString()))
          .orFail();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Command.Result eval(String expression) {
    Map<String, String> variables =
        Map.of(
            "GIT_CONFIG_COUNT",
            "1",
            "GIT_CONFIG_KEY_0",
            "protocol.file.allow",
            "GIT_CONFIG_VALUE_0",
            "always");
    return nix.eval(variables, expression, "--strict");
  }

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    return NixAnswers.tests(RESOURCES.resolve("fetch.txt"), at, FetchTest::eval);
  }

  /** A path that does not begin at the root begins where the caller is; what is missing is told. */
  @Test
  void searchesFromTheCallersFolder() {
    Command.Result result =
        eval(
            "builtins.findFile [ { path = \"gone\"; prefix = \"x\"; } { path = \"gone\"; prefix ="
                + " \"x\"; } { path = \"made\"; prefix = \"x\"; } ] \"x/main\"");
    assertEquals(at + "/main", result.orFail().strip());
    assertEquals(
        "warning: Nix search path entry 'gone' does not exist, ignoring", result.err().strip());
  }

  /** An entry of the search path may be a reference to a flake, where there are flakes. */
  @Test
  void searchesInFlakes() throws IOException {
    Path folder = Files.createDirectories(Path.of(at, "searched"));
    Files.writeString(folder.resolve("file"), "found");
    Map<String, String> variables = Map.of("NIX_PATH", "y=flake:nope:x=" + at + "/main");
    String entry = "z=flake:path:" + folder;
    String expression = "[ (builtins.readFile <z/file>) (builtins.tryEval <z/nope>).success <x> ]";
    assertEquals(
        "[ \"found\" false " + at + "/main ]",
        nix.eval(
                variables,
                expression,
                "--strict",
                "-I",
                entry,
                "--option",
                "experimental-features",
                "flakes")
            .orFail()
            .strip());
    Command.Result disabled = nix.eval(variables, expression, "--strict", "-I", entry);
    assertTrue(
        disabled.err().contains("error: experimental Nix feature 'flakes' is disabled"),
        disabled::err);
  }

  @Test
  void overHttp() throws IOException {
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Path.of(at),
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/bare.git";
      assertEquals(
          "\"" + COMMIT + "\"",
          eval("(builtins.fetchGit { url = \"" + url + "\"; ref = \"main\"; }).narHash")
              .orFail()
              .strip());
      // Such a server gives branches only, not a commit by its digest.
      assertEquals(
          "1",
          eval("(builtins.fetchGit { url = \""
                  + url
                  + "\"; ref = \"other\"; shallow = false; rev ="
                  + " \"7ca89082412d9ce7abb8ee077fcdf6fbfed32944\"; }).revCount")
              .orFail()
              .strip());
    } finally {
      server.stop(0);
    }
  }

  /** The daemon keeps what it has evaluated, and must see that a working folder has changed. */
  @Test
  void changedFolderIsFetchedAgain() throws IOException {
    Path main = make("changing").resolve("main");
    String expression = "(builtins.fetchGit " + main + ").narHash";
    assertEquals("\"" + CLEAN + "\"", eval(expression).orFail().strip());
    Files.writeString(main.resolve("a"), "c\n");
    Files.writeString(main.resolve("new"), "n\n");
    Command.run(main, Map.of(), List.of("git", "add", "new")).orFail();
    Command.Result result = eval(expression);
    assertEquals("\"" + DIRTY + "\"", result.orFail().strip());
    assertTrue(result.err().contains("warning: Git tree '" + main + "' is dirty"), result::err);
  }

  /** The threat: a working folder from elsewhere, whose configuration names programs. */
  @Test
  void programsOfARepositoryDoNotRun() throws IOException {
    Path main = make("hostile").resolve("main");
    Path ran = main.resolve("ran");
    for (String name : List.of("filter.x=y.clean", "core.fsmonitor", "core.sshCommand")) {
      Command.run(main, Map.of(), List.of("git", "config", name, "touch " + ran)).orFail();
    }
    Path hook = main.resolve(".git/hooks/post-index-change");
    Files.createDirectories(hook.getParent());
    Files.writeString(hook, "#!/bin/sh\ntouch " + ran + "\n");
    assertTrue(hook.toFile().setExecutable(true));
    Files.writeString(main.resolve(".git/info/attributes"), "* filter=x=y\n");
    // Of the same size, so that git has to read it.
    Files.writeString(main.resolve("a"), "b\n");
    eval("builtins.fetchGit " + main).orFail();
    assertFalse(Files.exists(ran));
    Command.run(main, Map.of(), List.of("git", "status"));
    assertTrue(Files.exists(ran), "the trap itself does not work");
  }
}
