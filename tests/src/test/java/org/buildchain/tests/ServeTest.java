package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code bc serve} as the machine's Nix sees it: it copies, verifies, lists and reads logs. */
class ServeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path EXAMPLE = Path.of("../examples/hello").toAbsolutePath();
  private static final Bc BC = new Bc();

  @TempDir static Path folder;

  private static String hello;
  private static String key;
  private static Map<String, PathFacts> closure;

  @BeforeAll
  static void build() {
    hello =
        BC.build(EXAMPLE, "import ./. {}").values().iterator().next().values().iterator().next();
    closure = BC.query(List.of("-r", hello));
    assertEquals(2, closure.size());
    sh("umask 077; " + Bc.program() + " key generate --name test-1 >secret.key");
    // The machine's Nix makes the public half.
    key =
        sh(
            "nix --extra-experimental-features nix-command key convert-secret-to-public"
                + " <secret.key");
    assertEquals(key, sh(Bc.program() + " key convert-secret <secret.key"));
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static String sh(String script) {
    return Command.run(
            folder,
            Map.of("BC_ROOT", BC.root().toString(), "HOME", folder.toString()),
            List.of("sh", "-ec", script))
        .orFail();
  }

  /** Nix with a cache for narinfos of its own, so that it asks the server each time. */
  private static Command.Result nix(String home, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "nix",
                "--extra-experimental-features",
                "nix-command",
                "--option",
                "trusted-public-keys",
                key,
                "--option",
                "substituters",
                ""));
    command.addAll(Arrays.asList(arguments));
    return Command.run(folder, Map.of("HOME", folder.resolve(home).toString()), command);
  }

  @Test
  void nixCopiesFromIt() throws IOException {
    for (String compression : List.of("zstd", "xz", "none")) {
      try (Served served =
          new Served(BC, folder, "--key-file", "secret.key", "--compression", compression)) {
        String store = folder.resolve("store-" + compression).toString();
        nix(compression, "copy", "--from", served.url(), "--to", store, hello).orFail();
        Command.run(
                folder, Map.of(), List.of("nix-store", "--store", store, "--verify-path", hello))
            .orFail();
        JsonNode copied =
            JSON.readTree(
                nix(compression, "path-info", "--json", "-r", "--store", store, hello).orFail());
        assertEquals(2, copied.size());
        for (JsonNode path : copied) {
          PathFacts facts = closure.get(path.get("path").stringValue());
          String hash = path.get("narHash").stringValue().substring("sha256-".length());
          byte[] digest = Base64.getDecoder().decode(hash);
          assertEquals(facts.narHash(), "sha256:" + HexFormat.of().formatHex(digest));
          assertEquals(facts.references().size(), path.get("references").size());
          assertTrue(path.get("signatures").get(0).stringValue().startsWith("test-1:"));
        }
      }
    }
  }

  @Test
  void nixCopiesToIt() throws IOException {
    String token = "token-for-the-test-of-uploads";
    Files.writeString(folder.resolve("token"), token + "\n");
    Files.writeString(
        folder.resolve("netrc"), "machine 127.0.0.1 login nix password " + token + "\n");
    try (Bc to = new Bc();
        Served from = new Served(BC, folder, "--key-file", "secret.key");
        Served served = new Served(to, folder, "--upload-token-file", "token")) {
      String store = folder.resolve("store-upload").toString();
      nix("upload", "copy", "--from", from.url(), "--to", store, hello).orFail();
      Command.Result refused = nix("upload", "copy", "--from", store, "--to", served.url(), hello);
      assertEquals(1, refused.status());
      assertTrue(refused.err().contains("HTTP error 401"), refused.err());
      String netrc = folder.resolve("netrc").toString();
      for (String compression : List.of("xz", "none")) {
        String url = served.url() + "?compression=" + compression;
        // Nix remembers what it has uploaded: another home for each.
        String home = "upload-" + compression;
        nix(home, "--option", "netrc-file", netrc, "copy", "--from", store, "--to", url, hello)
            .orFail();
        assertEquals(closure, to.query(List.of("-r", hello)));
        to.run("store", "gc").orFail();
      }
    }
  }

  @Test
  void bcCopiesToIt() throws IOException {
    String token = "token-for-the-test-of-uploads";
    Files.writeString(folder.resolve("token"), token + "\n");
    Path netrc =
        Files.writeString(
            folder.resolve("netrc"), "machine 127.0.0.1 login bc password " + token + "\n");
    try (Bc to = new Bc();
        Served served = new Served(to, folder, "--upload-token-file", "token")) {
      Command.Result refused = BC.run("copy", "--to", served.url(), hello);
      assertEquals(1, refused.status());
      assertTrue(refused.err().contains("uploads need the token"), refused.err());
      for (int i = 0; i < 2; i++) {
        BC.run("copy", "--to", served.url(), "--option", "netrc-file", netrc.toString(), hello)
            .orFail();
        assertEquals(closure, to.query(List.of("-r", hello)));
      }
    }
  }

  @Test
  void nixRefusesAnotherKeysSignatures() throws IOException {
    sh("umask 077; " + Bc.program() + " key generate --name test-1 >other.key");
    try (Served served = new Served(BC, folder, "--key-file", "other.key")) {
      String store = folder.resolve("store-other").toString();
      Command.Result copy = nix("other", "copy", "--from", served.url(), "--to", store, hello);
      assertEquals(1, copy.status());
      assertTrue(copy.err().contains("lacks a valid signature"), copy.err());
    }
  }

  @Test
  void nixBuildsByFetching() throws IOException {
    try (Served served = new Served(BC, folder, "--key-file", "secret.key")) {
      nix(
              "build",
              "build",
              "--option",
              "substituters",
              served.url(),
              "--store",
              folder.resolve("store-build").toString(),
              "--no-link",
              hello)
          .orFail();
      assertTrue(Files.exists(folder.resolve("store-build" + hello + "/bin/hello")));
    }
  }

  @Test
  void listingsAndLogsAreNixs() throws Exception {
    String drv = BC.build(EXAMPLE, "import ./. {}").keySet().iterator().next();
    try (Served served = new Served(BC, folder)) {
      String hash = hello.substring("/nix/store/".length()).substring(0, 32);
      Path nar = folder.resolve("hello.nar");
      Files.write(nar, get(served, narUrl(served, hash), "").body());
      JsonNode listed = JSON.readTree(get(served, hash + ".ls", "").body());
      assertEquals(1, listed.get("version").intValue());
      assertEquals(
          JSON.readTree(nix("ls", "nar", "ls", "--json", "-R", nar.toString(), "/").orFail()),
          listed.get("root"));
      assertEquals(
          BC.run("log", drv).orFail(), nix("log", "log", "--store", served.url(), drv).orFail());
    }
  }

  @Test
  void partsOfANarAreThoseOfTheWhole() throws Exception {
    try (Served served = new Served(BC, folder, "--compression", "none")) {
      String url = narUrl(served, hello.substring("/nix/store/".length()).substring(0, 32));
      HttpResponse<byte[]> all = get(served, url, "");
      byte[] whole = all.body();
      // The bytes of the NAR, by Nix's own digest.
      Path nar = Files.write(folder.resolve("whole.nar"), whole);
      assertEquals(
          closure.get(hello).narHash(),
          "sha256:" + sh("nix-hash --flat --type sha256 " + nar).strip());
      for (int[] part :
          new int[][] {{0, 1}, {7, 300}, {395, 405}, {401, 17000}, {17000, 17376}, {0, 17376}}) {
        HttpResponse<byte[]> got = get(served, url, "bytes=" + part[0] + "-" + (part[1] - 1));
        assertEquals(206, got.statusCode());
        assertArrayEquals(Arrays.copyOfRange(whole, part[0], part[1]), got.body());
      }
      byte[] end = get(served, url, "bytes=-20").body();
      assertArrayEquals(Arrays.copyOfRange(whole, whole.length - 20, whole.length), end);
      assertEquals(416, get(served, url, "bytes=" + whole.length + "-").statusCode());
      String tag = all.headers().firstValue("etag").orElseThrow();
      assertEquals(304, send(served, url, "GET", "If-None-Match", tag).statusCode());
      HttpResponse<byte[]> head = send(served, url, "HEAD", "Accept", "*/*");
      assertEquals(whole.length, head.headers().firstValueAsLong("content-length").orElseThrow());
      assertEquals(0, head.body().length);
      assertEquals(405, send(served, url, "PUT", "Accept", "*/*").statusCode());
    }
  }

  private static String narUrl(Served served, String hash) throws Exception {
    String info = new String(get(served, hash + ".narinfo", "").body(), StandardCharsets.US_ASCII);
    String url = info.lines().filter(l -> l.startsWith("URL: ")).findFirst().orElseThrow();
    return url.substring("URL: ".length()).replace(".nar.zst", ".nar");
  }

  private static HttpResponse<byte[]> get(Served served, String path, String range)
      throws Exception {
    return send(served, path, "GET", "Range", range);
  }

  private static HttpResponse<byte[]> send(
      Served served, String path, String method, String header, String value) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(served.url() + "/" + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .header(header, value)
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
  }
}
