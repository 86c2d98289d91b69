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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What derivations demand and callers choose, by bc under the name {@code nix-build} and by the
 * machine's Nix in the same run: the same paths, the same error in its first line, the same exit
 * status.
 */
class BuildOptionsTest {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();
  private static final String TAG = Long.toString(System.nanoTime());
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  private static HttpServer server;
  private static String url;

  @BeforeAll
  static void prepare() throws IOException {
    BC.run("link-nix-commands", temp.resolve("links").toString()).orFail();
    Path served = Files.createDirectory(temp.resolve("served"));
    Files.writeString(served.resolve("file"), "content\n");
    server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            served,
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
    BC.close();
  }

  private static Command.Result run(boolean ours, String line) {
    Map<String, String> variables = new HashMap<>();
    variables.put(
        "NIX_CONFIG",
        "substitute = false\nsandbox = true\nbuild-users-group =\n"
            + "experimental-features = ca-derivations\nallowed-impure-host-deps = "
            + Nix.HOST_PATHS);
    variables.put("SPECIAL", "word");
    if (ours) {
      variables.put("BC_ROOT", BC.root().toString());
      variables.put("PATH", temp.resolve("links") + ":" + System.getenv("PATH"));
    }
    return Command.run(RESOURCES, variables, List.of("sh", "-c", line));
  }

  private static String nixBuild(String rest) {
    return "nix-build --no-out-link builds.nix --argstr tag "
        + TAG
        + " --argstr url "
        + url
        + " "
        + rest;
  }

  private static String firstError(Command.Result result) {
    return result.err().lines().filter(l -> l.startsWith("error:")).findFirst().orElse("");
  }

  /** The same by both. */
  private static Command.Result same(String line) {
    Command.Result expected = run(false, line);
    Command.Result actual = run(true, line);
    String both = line + "\nNix: " + expected.err() + "\nbc: " + actual.err();
    assertEquals(expected.status(), actual.status(), both);
    assertEquals(firstError(expected), firstError(actual), both);
    assertEquals(expected.out(), actual.out(), both);
    return actual;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allowedReferences",
        "disallowedReferences",
        "allowedRequisites",
        "disallowedRequisites",
        "illegalSpecifier",
        "maxSize",
        "maxClosureSize",
        "checkedReferences",
        "checkedRequisites",
        "feature --option system-features 'plain common ca-derivations'",
        "platform --option system-features 'plain common ca-derivations'",
        "noSuchBuiltin",
        "channelOfTwo",
        "fails",
        "same --check",
      })
  void failsAsWithNix(String attributes) {
    // What others have built does not fail.
    Command.Result result = same(nixBuild("--argstr tag fails-" + TAG + " -A " + attributes));
    assertFalse(result.status() == 0, result.err());
  }

  /** Several fail in any order. */
  @ParameterizedTest
  @ValueSource(strings = {"fails -A failsToo", "fails -A failsToo -A same", "needsBoth"})
  void goesOnAsNixDoes(String attributes) {
    String line = nixBuild("-k -A " + attributes);
    Command.Result expected = run(false, line);
    Command.Result actual = run(true, line);
    assertEquals(expected.status(), actual.status());
    assertEquals(errors(expected), errors(actual));
  }

  /** What comes before the failure is told in other words since 2.8. */
  @ParameterizedTest
  @ValueSource(strings = {"inConflict", "fileAndFolder", "notThere"})
  void failsInTheEndAsWithNix(String attributes) {
    String line = nixBuild("-A " + attributes);
    Command.Result expected = run(false, line);
    Command.Result actual = run(true, line);
    assertEquals(expected.status(), actual.status());
    assertEquals(errors(expected).getLast(), errors(actual).getLast());
  }

  /** The cache says that it has the output: what it has is something else, or nothing at all. */
  @ParameterizedTest
  @ValueSource(strings = {"other", "none"})
  void fallsBackAsNixDoes(String has) throws IOException {
    String what = "--argstr tag fallback-" + has + TAG + " -A same";
    String drv = run(true, "nix-instantiate builds.nix " + what).orFail().strip();
    String out = run(true, "nix-store --query --outputs " + drv).orFail().strip();
    Path cache = Files.createDirectories(temp.resolve("cache-" + has + "/nar")).getParent();
    Files.writeString(cache.resolve("nix-cache-info"), "StoreDir: /nix/store\n");
    Files.writeString(
        cache.resolve(out.substring("/nix/store/".length()).substring(0, 32) + ".narinfo"),
        "StorePath: "
            + out
            + "\nURL: nar/it.nar\nCompression: none\nNarSize: 120\nReferences: \nNarHash:"
            + " sha256:0000000000000000000000000000000000000000000000000000\n");
    if (has.equals("other")) {
      run(false, "nix-store --dump builds.nix > " + cache.resolve("nar/it.nar")).orFail();
    }
    String line =
        nixBuild(what)
            + " --option require-sigs false --option substitute true --option substituters file://"
            + cache;
    Command.Result expected = run(false, line);
    Command.Result actual = run(true, line);
    assertEquals(has.equals("other") ? 1 : 0, expected.status(), expected.err());
    assertEquals(expected.status(), actual.status(), actual.err());
    assertEquals(out, run(false, line + " --fallback").orFail().strip());
    assertEquals(out, run(true, line + " --fallback").orFail().strip());
  }

  private static List<String> errors(Command.Result result) {
    return result.err().lines().filter(l -> l.startsWith("error: b")).sorted().toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "same",
        "same --check",
        "same -j 1 --cores 3",
        "allowedReferencesHold",
        "disallowedReferencesHold",
        "allowedRequisitesHold",
        "maxSizesHold",
        "feature --option system-features 'rare common'",
        "feature --option extra-system-features rare",
        "platform --option extra-platforms mips-linux",
        "local",
        "impureVariable",
        "fetched",
        "channel",
        "united",
        "byPriority",
      })
  void buildsAsWithNix(String attribute) {
    Command.Result result = same(nixBuild("-A " + attribute));
    assertEquals(0, result.status(), result.err());
    List<String> paths = result.out().lines().toList();
    assertEquals(Nix.query(RESOURCES, paths), BC.query(paths));
  }

  @ParameterizedTest
  @ValueSource(strings = {"differs", "twoDiffer"})
  void aSecondBuildThatDiffersIsTold(String attribute) throws IOException {
    assertEquals(0, run(true, nixBuild("-A " + attribute)).status());
    assertEquals(0, run(false, nixBuild("-A " + attribute)).status());
    assertEquals(104, same(nixBuild("--check -A " + attribute)).status());

    Command.Result expected = run(false, nixBuild("--check -K -A " + attribute));
    Command.Result actual = run(true, nixBuild("--check -K -A " + attribute));

    assertEquals(expected.status(), actual.status());
    String name = firstError(expected).replaceFirst(".* from '.*/([^/]*)'$", "$1");
    Path kept = BC.root().resolve("checks").resolve(name);
    assertEquals(
        firstError(expected).replaceFirst(" from '.*'$", " from '" + kept + "'"),
        firstError(actual));
    assertTrue(Files.exists(kept), kept.toString());
    assertFalse(
        Files.readString(kept)
            .equals(Files.readString(BC.view("/nix/store/" + name.replace(".check", "")))));
    assertEquals(
        104,
        BC.run(
                RESOURCES,
                "build",
                "--rebuild",
                "--no-link",
                "./builds.nix",
                "--argstr",
                "tag",
                TAG,
                "-A",
                attribute)
            .status());

    BC.run("store", "gc").orFail();
    assertFalse(Files.exists(kept), kept.toString());
  }

  @Test
  void whatIsNotThereCannotBeRepaired() {
    same("nix-store --repair-path /nix/store/0c1nc1lcv3yk4y9z5hwsgnd1b1wvyyfz-x");
  }

  @Test
  void whatIsNotThereCannotBeChecked() {
    String line = nixBuild("--check -A same --argstr tag absent-");
    assertEquals(1, same(line.replace("absent-", "absent-" + TAG)).status());
  }

  @Test
  void withoutJobsNothingIsBuilt() {
    String line = nixBuild("-j 0 -A same --argstr tag none-" + TAG);
    Command.Result expected = run(false, line);
    Command.Result actual = run(true, line);
    assertEquals(expected.status(), actual.status());
    assertTrue(expected.err().toLowerCase().contains("unable to start any build"), expected.err());
    assertTrue(actual.err().contains("Unable to start any build"), actual.err());
  }

  @Test
  void aDryRunSaysWhatWouldBeBuilt() {
    String line = nixBuild("--dry-run -A allowedRequisitesHold --argstr tag dry-" + TAG);
    assertEquals(listed(run(false, line)), listed(run(true, line)));
    // The same by nix-store, and nothing of it is there.
    String drv = "$(nix-instantiate builds.nix --argstr tag dry-" + TAG + " -A same 2>&-)";
    Command.Result dry = same("nix-store --realise --dry-run " + drv);
    assertTrue(dry.err().contains("will be built"), dry.err());
  }

  @Test
  void quietlyItSaysNothingOfWhatItDoes() {
    String line = nixBuild("--quiet -A fails --argstr tag quiet-" + TAG);
    assertEquals(words(run(false, line)), words(run(true, line)));
  }

  /** But for what Nix says of its own machine. */
  private static List<String> words(Command.Result result) {
    return result.err().lines().filter(l -> !l.startsWith("warning: the group")).toList();
  }

  /** In the order in which Nix lists them. */
  private static List<String> listed(Command.Result result) {
    return result.err().lines().filter(l -> l.contains("/nix/store/")).toList();
  }

  @Test
  void nixStoreChecksToo() {
    String drv = "$(nix-instantiate builds.nix --argstr tag " + TAG + " -A differs 2>&-)";
    assertEquals(0, run(true, "nix-store --realise " + drv).status());
    assertEquals(0, run(false, "nix-store --realise " + drv).status());
    assertEquals(104, same("nix-store --realise --check " + drv).status());
  }

  @Test
  void aHookRunsAfterEachBuild() throws IOException {
    Path hook = temp.resolve("hook");
    Files.writeString(
        hook,
        """
        #!/bin/sh
        echo "$DRV_PATH $OUT_PATHS" >> "$HOOK_FILE"
        echo from the hook
        """);
    Path failing = temp.resolve("failing-hook");
    Files.writeString(failing, "#!/bin/sh\nexit 7\n");
    for (Path program : List.of(hook, failing)) {
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    List<List<String>> lines = new ArrayList<>();
    for (boolean ours : List.of(false, true)) {
      Path file = temp.resolve("hook-" + ours);
      Command.Result result =
          run(
              ours,
              "HOOK_FILE="
                  + file
                  + " "
                  + nixBuild(
                      "--option post-build-hook "
                          + hook
                          + " -A allowedRequisitesHold -A twoDiffer --argstr tag hook-"
                          + TAG));
      assertEquals(0, result.status(), result.err());
      assertTrue(result.err().contains("post-build-hook: from the hook"), result.err());
      try (Stream<String> text = Files.lines(file)) {
        lines.add(text.sorted().toList());
      }
    }
    // Nix 2.8 says nothing of the outputs; what they are its database knows.
    List<String> expected = new ArrayList<>();
    for (String line : lines.get(0)) {
      String drv = line.strip();
      String outputs = run(false, "nix-store -q --outputs " + drv + " | sort").orFail();
      expected.add(drv + " " + String.join(" ", outputs.lines().toList()));
    }
    assertEquals(4, expected.size());
    assertEquals(expected, lines.get(1));
    same(nixBuild("--option post-build-hook " + failing + " -A local --argstr tag hook-" + TAG));
    // What was built is there all the same.
    same(nixBuild("-A local --argstr tag hook-" + TAG));
  }

  @Test
  void contentAddressedChainsHaveNixsPaths() {
    Command.Result result = same(nixBuild("-A chain"));
    List<String> paths = result.orFail().lines().distinct().toList();
    assertEquals(7, paths.size());
    assertEquals(Nix.query(RESOURCES, paths), BC.query(paths));

    // Another first derivation with the same output: there it stops.
    Command.Result again = same(nixBuild("-A chain --argstr step other-" + TAG));
    assertEquals(result.out(), again.orFail());
    assertEquals(
        List.of("first"),
        again
            .err()
            .lines()
            .filter(l -> l.startsWith("building"))
            .map(l -> l.replaceFirst(".*-(.*)\\.drv.*", "$1"))
            .toList());
  }

  @Test
  void selfReferencesGivePathsAsIn226() {
    // By Nix 2.26.3: nix-build builds.nix --argstr tag x -A selfishChain
    assertEquals(
        List.of(
            "/nix/store/vyr897xlh4larz1sh8zcmjzakiagmjhj-selfish",
            "/nix/store/6scv7prr70gj1x0lfr7a8b9imf47f0r0-selfish-dev",
            "/nix/store/bqkjmqxwbiq0qbmcy9h0n0wjjyyfxqq3-selfish-user",
            "/nix/store/h46cqc0cy8gxk764gx2b9lw0qy3s08s3-on-top"),
        run(true, nixBuild("-A selfishChain")).orFail().lines().toList());
  }

  @Test
  void damagedOutputsAreRepaired() throws IOException {
    try (Bc bc = new Bc()) {
      String[] build = {
        "build", "--no-link", "./builds.nix", "--argstr", "tag", TAG, "-A", "large"
      };
      String path = bc.run(RESOURCES, build).orFail().strip();
      damage(bc);
      List<String> repair = new ArrayList<>(List.of(build));
      repair.add("--repair");
      Command.Result result = bc.run(RESOURCES, repair.toArray(String[]::new));
      assertEquals(path, result.orFail().strip(), result.err());
      assertTrue(result.err().contains("path '" + path + "' is corrupted or missing!"));
      assertEquals("x".repeat(300_000), Files.readString(bc.view(path)));

      damage(bc);
      Map<String, String> variables = Map.of("BC_ROOT", bc.root().toString());
      List<String> command =
          List.of(temp.resolve("links/nix-store").toString(), "--repair-path", path);
      Command.run(RESOURCES, variables, command).orFail();
      assertEquals("x".repeat(300_000), Files.readString(bc.view(path)));
    }
  }

  private static void damage(Bc bc) throws IOException {
    bc.run("daemon", "stop").orFail();
    // Large blocks have a file each, what the derivation needs is in packs.
    try (Stream<Path> files = Files.walk(bc.root().resolve("blocks"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] nothing = new byte[(int) Files.size(file)];
        Files.delete(file);
        Files.write(file, nothing);
      }
    }
  }
}
