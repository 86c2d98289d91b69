package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which outputs {@code FLAKE#ATTRIBUTE^OUTPUTS} and {@code ….drv^OUTPUTS} mean: those that {@code
 * nix build --dry-run --json} of Nix 2.26.3 lists for the same flake.
 */
class OutputSelectionTest {
  private static final String FLAKE =
      """
      {
        outputs = { self }: {
          packages.x86_64-linux =
            let
              drv = derivation {
                name = "m";
                system = "x86_64-linux";
                outputs = [ "out" "dev" "man" ];
                builder = "/bin/sh";
                args = [ "-c" "echo > $out; echo > $dev; echo > $man" ];
                __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ];
              };
              installs = outputs: drv // { meta.outputsToInstall = outputs; };
            in {
              plain = drv;
              inherit (drv) dev;
              installs = installs [ "out" "man" ];
              picked = installs [ "out" "man" ] // { outputSpecified = true; outputName = "dev"; };
              unpicked = installs [ "man" ] // { outputSpecified = false; outputName = "dev"; };
              none = installs [ ];
              default = installs [ "man" ];
            };
        };
      }
      """;

  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  @BeforeAll
  static void prepare() throws IOException {
    Files.writeString(temp.resolve("flake.nix"), FLAKE);
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  /** The names of what is printed as {@code ….drv!NAME}. */
  private static String outputs(String asked) {
    List<String> lines = BC.run(temp, "instantiate", asked).orFail().strip().lines().toList();
    return lines.stream()
        .map(line -> line.contains("!") ? line.substring(line.indexOf('!') + 1) : "out")
        .sorted()
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource({
    ".#plain, out",
    ".#dev, out",
    ".#installs, man out",
    ".#picked, dev",
    ".#unpicked, out",
    ".#none, out",
    ".#, man",
    ".#^dev, dev",
    ".#dev^out, out",
    "'.#plain^man,dev', dev man",
    ".#installs^*, dev man out"
  })
  void areAsNixHasThem(String asked, String expected) {
    assertEquals(expected, outputs(asked));
  }

  @ParameterizedTest
  @CsvSource({".#plain^", ".#plain^a/b", "'.#plain^out,'", ".#plain^."})
  void malformedOnesAreRefused(String asked) {
    assertEquals(
        "error: invalid extended outputs specifier '" + asked + "'",
        BC.run(temp, "build", asked).err().strip());
  }

  private static List<String> built(String asked) {
    return BC.run(temp, "build", "--no-link", asked)
        .orFail()
        .lines()
        .map(path -> path.substring("/nix/store/".length()).split("-", 2)[1])
        .toList();
  }

  @Test
  void derivationsTakeThemToo() {
    String drv = BC.run(temp, "instantiate", ".#plain").orFail().strip();
    assertEquals(List.of("m-dev", "m-man", "m"), built(drv + "^*"));
    assertEquals(List.of("m-dev"), built(drv + "^dev"));
    assertEquals(
        "error: derivation '" + drv + "' does not have wanted outputs 'nope'",
        BC.run(temp, "build", "--dry-run", drv + "^nope").err().strip());
  }
}
