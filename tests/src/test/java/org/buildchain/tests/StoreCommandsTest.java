package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands on archives and on the store. What Nix 2.26.3 printed for the same files stands in
 * {@code resources/nar.txt}, {@code closures.txt}, {@code prefetch.txt} and {@code verify.txt},
 * without colours and what it says of builds.
 */
class StoreCommandsTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Stream<DynamicTest> transcript(String name) throws IOException {
    return Transcript.tests(name, BC, Files.createDirectory(temp.toRealPath().resolve(name)));
  }

  @TestFactory
  Stream<DynamicTest> archives() throws IOException {
    return transcript("nar");
  }

  @TestFactory
  Stream<DynamicTest> closures() throws IOException {
    return transcript("closures");
  }

  @TestFactory
  Stream<DynamicTest> prefetching() throws IOException {
    return transcript("prefetch");
  }

  @TestFactory
  Stream<DynamicTest> verifying() throws IOException {
    return transcript("verify");
  }

  /** Nix 2.26.3 ends with the same statuses, and removes the same. */
  @Test
  void whatALinkKeepsIsDeletedOnlyWhenThatIsIgnored() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("delete"));
    Files.writeString(
        folder.resolve("p.nix"),
        """
        let lib = builtins.toFile "lib-to-delete" "x"; in derivation {
          name = "to-delete"; system = "x86_64-linux"; builder = "/bin/sh";
          __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
          args = [ "-c" "echo ${lib} > $out" ];
        }
        """);
    String built = BC.run(folder, "build", "-f", "p.nix").orFail().strip();
    String lib = Files.readString(BC.view(built)).strip();
    assertEquals(1, BC.run(folder, "store", "delete", "./result").status());
    assertEquals(1, BC.run("store", "delete", "--ignore-liveness", lib).status());
    assertEquals(4, BC.run("store", "verify", lib.replace("-lib", "-nosuch")).status());
    BC.run(folder, "store", "verify", "--no-trust", "-r", "./result").orFail();
    BC.run(folder, "store", "delete", "--ignore-liveness", "./result").orFail();
    assertEquals(1, BC.run("store", "path-info", built).status());
    BC.run("store", "path-info", lib).orFail();
  }

  /** Which paths Nix 2.26.3 sends, and which of these it refuses. */
  @Test
  void copiesOfPathsAloneOfDerivationsAndOfAll() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("copy"));
    Files.writeString(
        folder.resolve("p.nix"),
        """
        let lib = builtins.toFile "lib-to-copy" "x"; in derivation {
          name = "to-copy"; system = "x86_64-linux"; builder = "/bin/sh";
          __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
          args = [ "-c" "echo ${lib} > $out" ];
        }
        """);
    String built = BC.run(folder, "build", "-f", "p.nix", "--no-link").orFail().strip();
    String drv = BC.run(folder, "path-info", "--derivation", "-f", "p.nix").orFail().strip();
    String lib = Files.readString(BC.view(built)).strip();
    Command.Result alone = copy(folder, "alone", "--no-recursive", built);
    assertEquals(1, alone.status());
    assertTrue(alone.err().contains("the reference '" + lib + "' is not there"), alone.err());
    copy(folder, "alone", "--no-recursive", lib).orFail();
    copy(folder, "alone", "--no-recursive", built).orFail();
    assertEquals(List.of(lib, built), inCache(folder, "alone", built, lib, drv));
    copy(folder, "built", "--derivation", "-f", "p.nix").orFail();
    assertEquals(List.of(lib, drv), inCache(folder, "built", built, lib, drv));
    copy(folder, "every", "--all").orFail();
    assertEquals(List.of(lib, built, drv), inCache(folder, "every", lib, built, drv));
    assertEquals(1, copy(folder, "every", "--all", built).status());
    String from = folder.resolve("built").toUri().toString();
    BC.run(folder, "copy", "--from", from, "-o", "fetched", lib).orFail();
    assertEquals(BC.view(lib), folder.resolve("fetched").toRealPath());
  }

  private static Command.Result copy(Path folder, String cache, String... what) {
    List<String> words =
        new ArrayList<>(List.of("copy", "--to", "file://" + folder.resolve(cache)));
    words.addAll(List.of(what));
    return BC.run(folder, words.toArray(String[]::new));
  }

  /** Those that a cache has. */
  private static List<String> inCache(Path folder, String cache, String... paths) {
    return Stream.of(paths)
        .filter(p -> Files.exists(folder.resolve(cache).resolve(p.substring(11, 43) + ".narinfo")))
        .sorted(Comparator.comparing((String p) -> p.substring(44)))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ls", "cat"})
  void whatIsNotInAnArchiveIsNamed(String command) throws IOException {
    Path nar = temp.resolve("one.nar");
    Path one = Files.writeString(temp.resolve("one"), "text");
    String pack = "'" + Bc.program() + "' nar pack " + one + " > " + nar;
    Command.run(temp, Map.of("BC_ROOT", BC.root().toString()), List.of("sh", "-c", pack)).orFail();
    Command.Result missing = BC.run("nar", command, nar.toString(), "/x/y");
    assertEquals(1, missing.status());
    assertTrue(missing.err().contains("path '/x/y' does not exist in '" + nar), missing.err());
    Command.Result wrong = BC.run("nar", command, one.toString(), "/");
    assertEquals(1, wrong.status());
    assertTrue(wrong.err().contains(one.toString()), wrong.err());
  }

  @Test
  void whatIsNotInTheStoreIsNamed() {
    String none = "/nix/store/00000000000000000000000000000000-none";
    Command.Result dumped = BC.run("store", "dump-path", none);
    assertEquals(1, dumped.status());
    assertEquals("", dumped.out());
    assertTrue(dumped.err().contains("path '" + none + "' is not valid"), dumped.err());
  }
}
