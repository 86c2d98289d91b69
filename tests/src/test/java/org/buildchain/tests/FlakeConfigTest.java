package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nixConfig}. The messages are those of {@code nix eval} of Nix 2.26.3. */
class FlakeConfigTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  @BeforeAll
  static void prepare() throws IOException {
    Files.writeString(
        temp.resolve("flake.nix"),
        """
        {
          nixConfig = {
            max-jobs = 0;
            extra-substituters = [ "file:///nosuch/a" "file:///nosuch/b" ];
            bash-prompt = "x";
          };
          outputs = { self }: {
            n = 6;
            packages.x86_64-linux = builtins.mapAttrs (name: n: derivation {
              inherit name n;
              system = "x86_64-linux";
              builder = "/bin/sh";
              args = [ "-c" "echo > $out" ];
              __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ];
            }) { one = 1; two = 2; };
          };
        }
        """);
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  @Test
  void isIgnoredAndTold() {
    Command.Result first = BC.run(temp, "eval", ".#n");
    assertEquals("6", first.orFail().strip());
    assertEquals(
        """
        warning: ignoring untrusted flake configuration setting 'extra-substituters'.
        Pass '--accept-flake-config' to trust it
        warning: ignoring untrusted flake configuration setting 'max-jobs'.
        Pass '--accept-flake-config' to trust it
        """,
        first.err());
    assertEquals(first.err(), BC.run(temp, "eval", ".#n").err(), "a kept answer");
    assertTrue(BC.run(temp, "build", "--no-link", ".#one").orFail().strip().endsWith("-one"));
  }

  @Test
  void holdsWhereItIsAccepted() {
    Command.Result result = BC.run(temp, "eval", "--accept-flake-config", ".#n");
    assertEquals("6", result.orFail().strip());
    assertEquals("", result.err());
    Command.Result build = BC.run(temp, "build", "--no-link", "--accept-flake-config", ".#two");
    assertTrue(build.err().contains("'file:///nosuch/b' does not appear to be a binary cache"));
    assertTrue(build.err().contains("error: Unable to start any build"), build.err());
  }
}
