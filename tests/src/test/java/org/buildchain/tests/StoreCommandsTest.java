package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
