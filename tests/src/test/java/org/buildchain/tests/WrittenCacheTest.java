package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Caches that {@code bc copy --to} writes, beside those of the machine's Nix and read by it. */
class WrittenCacheTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path EXAMPLE = Path.of("../examples/hello").toAbsolutePath();
  private static final Bc BC = new Bc();

  /** What depends on the compressor. */
  private static final Pattern COMPRESSED =
      Pattern.compile("(?<=URL: nar/|FileHash: sha256:|FileSize: )[0-9a-z]+");

  @TempDir private static Path folder;
  private static String hello;
  private static String key;
  private static Map<String, PathFacts> closure;

  @BeforeAll
  static void build() {
    hello =
        BC.build(EXAMPLE, "import ./. {}").values().iterator().next().values().iterator().next();
    closure = BC.query(List.of("-r", hello));
    key =
        sh(
            "umask 077; "
                + Bc.program()
                + " key generate --name test-1 >secret.key; nix --extra-experimental-features"
                + " nix-command key convert-secret-to-public <secret.key");
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

  private static Command.Result nix(String... arguments) {
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
    return Command.run(folder, Map.of("HOME", folder.toString()), command);
  }

  private static String url(String name) {
    return "file://" + folder.resolve(name);
  }

  /** The files of a cache but for NARs, without what depends on the compressor. */
  private static Map<String, String> texts(Path cache) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : files.toList()) {
        String name = cache.relativize(file).toString();
        if (Files.isDirectory(file)) {
          texts.put(name, "folder");
        } else if (name.endsWith(".ls")) {
          texts.put(name, JSON.readTree(file.toFile()).toString());
        } else if (!name.startsWith("nar/")) {
          texts.put(name, COMPRESSED.matcher(Files.readString(file)).replaceAll("…"));
        }
      }
    }
    return texts;
  }

  private static void takes(String cache, String store) {
    nix("copy", "--from", cache, "--to", folder.resolve(store).toString(), hello).orFail();
    nix("store", "verify", "-r", "--store", folder.resolve(store).toString(), hello).orFail();
  }

  @Test
  void itIsAsNixWritesIt() throws IOException {
    String parameters = "?write-nar-listing=true&secret-key=" + folder.resolve("secret.key");
    BC.run("copy", "--to", url("ours") + parameters, hello).orFail();
    takes(url("ours"), "store-compared");
    nix(
            "copy",
            "--from",
            folder.resolve("store-compared").toString(),
            "--to",
            url("nixs") + parameters,
            hello)
        .orFail();
    Map<String, String> ours = texts(folder.resolve("ours"));
    assertEquals(texts(folder.resolve("nixs")), ours);
    // Two paths, each with a narinfo and a listing; nix-cache-info; three folders and their own.
    assertEquals(2 * 2 + 1 + 4, ours.size());
  }

  @Test
  void nixTakesWhatIsSigned() throws IOException {
    for (String compression : List.of("xz", "zstd", "bzip2", "gzip", "none")) {
      String cache = url("cache-" + compression);
      BC.run(
              folder,
              "copy",
              "--to",
              cache + "?compression=" + compression + "&compression-level=1&secret-key=secret.key",
              hello)
          .orFail();
      takes(cache, "store-" + compression);
      try (Bc other = new Bc()) {
        other
            .run("copy", "--from", cache, "--option", "trusted-public-keys", key.strip(), hello)
            .orFail();
        assertEquals(closure, other.query(List.of("-r", hello)));
      }
    }
  }

  /** The files' names and texts are those of {@code nix copy} of Nix 2.26.3, but for signatures. */
  @Test
  void realisationsGoAlong() throws IOException {
    Files.writeString(
        folder.resolve("shapes.nix"),
        """
        let
          make = name: attributes: script: derivation ({
            inherit name;
            system = "x86_64-linux";
            builder = "/bin/sh";
            args = [ "-c" script ];
            PATH = "/usr/bin:/bin";
            __impureHostDeps = [ "/bin" "/etc/alternatives" "/lib" "/lib64" "/usr" ];
          } // attributes);
        in rec {
          cut = make "cut" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; } "echo same > $out";
          above = make "above" { } "echo ${cut} > $out";
        }
        """);
    String[] build = {"build", "./shapes.nix", "-A", "above", "--no-link"};
    String above = BC.run(folder, build).orFail().strip();
    String cache = url("realised");
    for (int i = 0; i < 2; i++) {
      BC.run(folder, "copy", "--to", cache + "?secret-key=secret.key", above).orFail();
    }
    String cutId = "sha256:c1cc5c0210ce5ea0703d22891ebd9f41f74925a8852f117bda88d1a6a08c7f01!out";
    String aboveId = "sha256:f0dca77682d0652eb38efb90a1f4a1b7b52e1f83e8134fd5d8b2fb6dae6ab0ce!out";
    String cutPath = "0n0q1wamhi59in06vys06lr99g6h3r1w-cut";
    assertRealised(
        cutId,
        "{\"dependentRealisations\":{},\"id\":\""
            + cutId
            + "\",\"outPath\":\""
            + cutPath
            + "\",\"signatures\":[]}");
    assertRealised(
        aboveId,
        "{\"dependentRealisations\":{\""
            + cutId
            + "\":\""
            + cutPath
            + "\"},\"id\":\""
            + aboveId
            + "\",\"outPath\":\"chmi4665f5q65yp1vm5jzh1ff5g2rcff-above\",\"signatures\":[]}");
    try (Bc other = new Bc()) {
      List<String> fetch = new ArrayList<>(Arrays.asList(build));
      fetch.addAll(
          List.of(
              "-j0",
              "--option",
              "substituters",
              cache,
              "--option",
              "trusted-public-keys",
              key.strip()));
      assertEquals(above, other.run(folder, fetch.toArray(String[]::new)).orFail().strip());
    }
  }

  private static void assertRealised(String id, String text) throws IOException {
    String signed = Files.readString(folder.resolve("realised/realisations/" + id + ".doi"));
    assertTrue(signed.contains("\"test-1:"), signed);
    assertEquals(text, signed.replaceFirst("\"test-1:[^\"]*\"", ""));
  }

  @Test
  void withoutAKeyNobodyHasSignedIt() {
    BC.run("copy", "--to", url("unsigned"), hello).orFail();
    Command.Result copy =
        nix("copy", "--from", url("unsigned"), "--to", folder.resolve("s").toString(), hello);
    assertEquals(1, copy.status());
    assertTrue(copy.err().contains("lacks a valid signature"), copy.err());
  }

  @Test
  void whatIsThereStays() throws IOException {
    String first = BC.run("copy", "--to", url("again"), hello).err();
    Matcher copied = Pattern.compile("copying path '(\\S+)' to '(\\S+)'").matcher(first);
    assertEquals(2, copied.results().count(), first);
    Path narInfo = folder.resolve("again").resolve(hello.substring(11, 43) + ".narinfo");
    Object inode = Files.getAttribute(narInfo, "unix:ino");
    // By a link, as everywhere else.
    Files.createSymbolicLink(folder.resolve("link"), BC.view(hello));
    Command.Result second = BC.run(folder, "copy", "--to", url("again"), "./link");
    second.orFail();
    assertEquals("", second.err());
    assertEquals(inode, Files.getAttribute(narInfo, "unix:ino"));
  }

  @Test
  void nothingIsWrittenByWrongParameters() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "compression=rar", "unknown compression method 'rar'",
                "secret-key=/nowhere", "cannot read the key file '/nowhere'",
                "store=/gnu/store", "is for Nix stores with prefix '/gnu/store'",
                "write-nar-listing=perhaps", "has invalid value 'perhaps'")
            .entrySet()) {
      Command.Result copy = BC.run("copy", "--to", url("wrong") + "?" + wrong.getKey(), hello);
      assertEquals(1, copy.status());
      assertTrue(copy.err().contains(wrong.getValue()), copy.err());
      assertFalse(Files.exists(folder.resolve("wrong")));
    }
    Command.Result told = BC.run("copy", "--to", url("told") + "?compresion=none", hello);
    assertEquals(0, told.status());
    assertTrue(told.err().contains("warning: unknown setting 'compresion'"), told.err());
  }

  /** Those who look for it in the file find it; Nix keeps it to itself. */
  @Test
  void aNewCacheSaysHowItIsAsked() throws IOException {
    BC.run("copy", "--to", url("asked") + "?want-mass-query=true&priority=30", hello).orFail();
    assertEquals(
        "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n",
        Files.readString(folder.resolve("asked/nix-cache-info")));
    takesUnsigned(url("asked"));
  }

  private static void takesUnsigned(String cache) {
    JsonNode info =
        JSON.readTree(nix("path-info", "--json", "--store", cache, hello).orFail()).get(0);
    assertEquals(hello, info.get("path").stringValue());
  }
}
