package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code builtins.fetchClosure} from a binary cache that the machine's Nix has filled. What paths
 * become when their content addresses them, and messages, are those of Nix 2.26.3, with {@code nix
 * store make-content-addressed} there: older ones give what refers to itself another path.
 */
class FetchClosureTest {
  /** References in files, in links, with and without the store's folder, and to itself. */
  private static final String EXPRESSION =
      """
      let
        make = name: attrs: derivation (attrs // {
          inherit name;
          system = builtins.currentSystem;
          builder = "/bin/sh";
          __impureHostDeps = [ %s ];
        });
        text = builtins.toFile "text" "hello";
        low = make "low" { args = [ "-c" "echo ${text} > $out" ]; };
        middle = make "middle" {
          PATH = "/bin";
          args = [ "-c" "mkdir $out; ln -s ${low} $out/l; echo ${low}, $out > $out/f" ];
        };
      in make "top" {
        PATH = "/bin";
        args = [ "-c" ''
          mkdir $out; ln -s ${middle}/f $out/s; ln -s ../${builtins.baseNameOf middle} $out/relative
          i=0; while [ $i -lt 900 ]; do echo $i ${middle} $out; i=$((i+1)); done > $out/many
        '' ];
      }
      """
          .formatted("\"" + Nix.HOST_PATHS.replace(" ", "\" \"") + "\"");

  @TempDir static Path folder;

  private static final String ADDRESSED = "/nix/store/555qww0g6rr8i9jmbaci35hk5fzp715i-top";
  private static final String ADDRESSED_LOW = "/nix/store/gsf0r1mx27hdpa9mf9irwld9imil5dgp-low";
  private static final Set<String> ADDRESSED_CLOSURE =
      Set.of(
          ADDRESSED,
          "/nix/store/wag8zs8jxp91lw35pxla2828nc721f6z-middle",
          ADDRESSED_LOW,
          "/nix/store/dqjgyv73r2fk74xsf7zpx15ffnppii82-text");

  private static String top;
  private static String key;
  private static Map<String, PathFacts> closure;
  private static HttpServer server;

  @BeforeAll
  static void nixFillsCaches() throws IOException {
    Files.writeString(folder.resolve("default.nix"), EXPRESSION);
    String drv = Nix.run(folder, "nix-instantiate").orFail().lines().findFirst().get();
    top = Nix.realise(folder, List.of(drv)).getFirst();
    closure = closure(top);
    assertEquals(4, closure.size());
    nix("store", "make-content-addressed", "--json", ending("-low"));
    nix("key", "generate-secret", "--key-name", "nix-1", ">secret.key");
    key = nix("key", "convert-secret-to-public", "<secret.key");
    nix("copy", "--to", "file://" + folder + "/unsigned", top);
    nix("copy", "--to", "file://" + folder + "/unsigned", ADDRESSED_LOW);
    nix("copy", "--to", "'file://" + folder + "/signed?secret-key=" + folder + "/secret.key'", top);
    server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            folder,
            SimpleFileServer.OutputLevel.NONE);
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static Map<String, PathFacts> closure(String path) {
    return Nix.query(folder, Nix.run(folder, "nix-store", "-qR", path).orFail().lines().toList());
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

  private static String url(String cache) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + cache;
  }

  private static Command.Result fetch(Bc bc, String cache, String from, String more) {
    String expression =
        "builtins.fetchClosure { fromStore = \"%s\"; fromPath = %s; %s }"
            .formatted(url(cache), from, more);
    return bc.run(
        folder,
        "eval",
        "--raw",
        "--expr",
        expression,
        "--option",
        "experimental-features",
        "fetch-closure",
        "--option",
        "pure-eval",
        "true",
        "--option",
        "trusted-public-keys",
        key);
  }

  private static void gives(String path, Command.Result result) {
    assertEquals(path, result.orFail().strip());
  }

  private static void fails(String message, Command.Result result) {
    assertEquals(1, result.status(), result.err());
    assertTrue(result.err().contains(message), result.err());
  }

  /** It has these paths, and no others. */
  private static void has(Bc bc, Set<String> paths) throws IOException {
    assertTrue(bc.run("store", "verify").orFail().contains("0 problems"));
    TreeSet<String> names = new TreeSet<>();
    paths.forEach(p -> names.add(p.substring("/nix/store/".length())));
    try (var all = Files.list(bc.root().resolve("nix/store"))) {
      assertEquals(names, new TreeSet<>(all.map(p -> p.getFileName().toString()).toList()));
    }
  }

  @Test
  void rewritesWithoutSignatures() throws IOException {
    try (Bc bc = new Bc()) {
      gives(ADDRESSED, fetch(bc, "unsigned", top, "toPath = " + ADDRESSED + ";"));
      has(bc, ADDRESSED_CLOSURE);
      // What is there is not looked at again.
      String other = "/nix/store/00000000000000000000000000000000-other";
      gives(ADDRESSED, fetch(bc, "unsigned", other, "toPath = " + ADDRESSED + ";"));
    }
  }

  @Test
  void tellsWhatAPathBecomes() {
    String rewriting =
        "error: rewriting '" + top + "' to content-addressed form yielded '" + ADDRESSED + "'";
    String wrong = "/nix/store/00000000000000000000000000000000-top";
    try (Bc bc = new Bc()) {
      fails(rewriting, fetch(bc, "unsigned", top, "toPath = \"\";"));
      bc.run("store", "gc").orFail();
      fails(
          rewriting + ", while '" + wrong + "' was expected",
          fetch(bc, "unsigned", top, "toPath = " + wrong + ";"));
    }
  }

  @Test
  void copiesWhatIsAddressedByItsContent() throws IOException {
    try (Bc bc = new Bc()) {
      gives(ADDRESSED_LOW, fetch(bc, "unsigned", ADDRESSED_LOW, ""));
      Map<String, PathFacts> copied = closure(ADDRESSED_LOW);
      has(bc, copied.keySet());
      assertEquals(copied, bc.query(List.copyOf(copied.keySet())));
      fails(
          "The store object referred to by 'fromPath' at '"
              + ADDRESSED_LOW
              + "' is not input-addressed",
          fetch(bc, "unsigned", ADDRESSED_LOW, "inputAddressed = true;"));
    }
  }

  @Test
  void copiesOtherPathsIfTheyAreSigned() throws IOException {
    try (Bc bc = new Bc()) {
      fails(
          "because it lacks a signature by a trusted key",
          fetch(bc, "unsigned", top, "inputAddressed = true;"));
      has(bc, Set.of());
      gives(top, fetch(bc, "signed", top, "inputAddressed = true;"));
      has(bc, closure.keySet());
      assertEquals(closure, bc.query(List.copyOf(closure.keySet())));
      fails(
          "The 'fromPath' value '" + top + "' is input-addressed, but 'inputAddressed' is set to",
          fetch(bc, "signed", top, ""));
      fails(
          "The 'toPath' value '" + top + "' is input-addressed, so it can't possibly be",
          fetch(bc, "signed", top, "toPath = " + top + ";"));
    }
  }

  /** Paths that are named as they are come from the caller's substituters. */
  @Test
  void storePathsAreFetched() throws IOException {
    try (Bc bc = new Bc()) {
      String expression = "builtins.readFile (builtins.storePath \"" + top + "\" + \"/s\")";
      String[] command = {
        "eval", "--raw", "--expr", expression, "--option", "trusted-public-keys", key
      };
      fails(
          "error: path '" + top + "' does not exist and cannot be created",
          bc.run(folder, command));
      List<String> asking = new ArrayList<>(List.of(command));
      asking.addAll(List.of("--option", "substituters", url("signed")));
      Command.Result read = bc.run(folder, asking.toArray(String[]::new));
      assertTrue(read.orFail().endsWith("-middle\n"), read.out());
      has(bc, closure.keySet());
    }
  }

  @Test
  void namesWhatACacheLacks() throws IOException {
    String low = ending("-low");
    Path lacking = folder.resolve("lacking");
    Files.createDirectories(lacking);
    try (var files = Files.list(folder.resolve("signed"))) {
      for (Path file : files.filter(f -> !low.contains(hash(f))).toList()) {
        if (Files.isRegularFile(file)) {
          Files.copy(file, lacking.resolve(file.getFileName()));
        }
      }
    }
    try (Bc bc = new Bc()) {
      fails("error: path '" + low + "' is not valid", fetch(bc, "lacking", top, "toPath = \"\";"));
      fails("does not appear to be a binary cache", fetch(bc, "none", top, "toPath = \"\";"));
      fails(
          "does not exist in binary cache '" + url("lacking") + "'",
          fetch(bc, "lacking", ending("-text"), "toPath = \"\";"));
    }
  }

  private static String hash(Path narInfo) {
    return narInfo.getFileName().toString().replace(".narinfo", "");
  }

  private static String ending(String name) {
    return closure.keySet().stream().filter(p -> p.endsWith(name)).findFirst().get();
  }
}
