package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may do what at the socket for Nix's programs: the kernel says who is there. Runs as root, and
 * as 'nobody' of the group 'nogroup'.
 */
final class NixUsersTest {
  private static final String DEFAULTS = "";

  @TempDir static Path folder;
  private static String unsigned;

  /** An input-addressed path that nobody has signed, as {@code nix-store --export} writes it. */
  @BeforeAll
  static void export() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        folder.resolve("one.nix"),
        """
        derivation {
          name = "one";
          system = "x86_64-linux";
          builder = "/bin/sh";
          args = [ "-c" "echo one > $out" ];
          __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ];
        }
        """);
    try (Bc bc = start(DEFAULTS)) {
      unsigned =
          as(
                  "root",
                  bc,
                  "path=$(nix-build --no-out-link one.nix); nix-store --export $path"
                      + " >one.export; echo $path")
              .orFail()
              .strip();
    }
  }

  private static Bc start(String settings) throws IOException {
    Bc bc = new Bc();
    Files.setPosixFilePermissions(bc.root(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(bc.root().resolve("bc.conf"), settings, StandardOpenOption.APPEND);
    bc.run("daemon", "start").orFail();
    return bc;
  }

  private static String store(Bc bc) {
    return "unix://" + bc.root() + "/nix/var/nix/daemon-socket/socket?root=" + bc.root();
  }

  private static Command.Result as(String user, Bc bc, String script) {
    List<String> line = new ArrayList<>();
    if (!user.equals("root")) {
      line.addAll(List.of("setpriv", "--reuid=" + user, "--regid=nogroup", "--clear-groups"));
    }
    line.addAll(List.of("sh", "-ec", script));
    Map<String, String> variables =
        Map.of("NIX_REMOTE", store(bc), "HOME", "/nonexistent", "LC_ALL", "C");
    return Command.run(folder, variables, line);
  }

  private static boolean isThere(Bc bc) {
    return as("root", bc, "nix-store --check-validity " + unsigned).status() == 0;
  }

  @Test
  void whoIsAllowedUsesTheStoreAndChangesNothingForOthers() throws IOException {
    try (Bc bc = start(DEFAULTS)) {
      String added = as("nobody", bc, "nix-store --add one.nix").orFail().strip();
      as("nobody", bc, "nix-store --check-validity " + added).orFail();

      Command.Result refused = as("nobody", bc, "nix-store --import <one.export");
      assertNotEquals(0, refused.status());
      assertTrue(refused.err().contains("lacks a"), refused.err());
      assertEquals(false, isThere(bc));
      refused = as("nobody", bc, "nix-store --verify --check-contents --repair");
      assertNotEquals(0, refused.status());
      assertTrue(refused.err().contains("not privileged"), refused.err());
      as("nobody", bc, "nix-store --verify --check-contents").orFail();

      as("root", bc, "nix-store --import <one.export").orFail();
      assertEquals(true, isThere(bc));
      as("root", bc, "nix-store --verify --check-contents --repair").orFail();
    }
  }

  @Test
  void whoIsNotAllowedIsRefused() throws IOException {
    try (Bc bc = start("allowed-users = daemon @daemon\n")) {
      Command.Result refused = as("nobody", bc, "nix-store --check-validity " + unsigned);
      assertNotEquals(0, refused.status());
      assertTrue(
          Files.readString(bc.root().resolve("daemon/log"))
              .contains("user 'nobody' is not allowed to connect"));
      // The daemon's own user, and who is named.
      as("root", bc, "nix-store --add one.nix").orFail();
      as("daemon", bc, "nix-store --add one.nix").orFail();
    }
  }

  @Test
  void whoIsTrustedByAGroupMayDoWhatRootMay() throws IOException {
    try (Bc bc = start("trusted-users = @nogroup\n")) {
      as("nobody", bc, "nix-store --import <one.export").orFail();
      assertEquals(true, isThere(bc));
    }
  }
}
