package org.buildchain.daemon.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the owner of a flake may try while somebody with more rights writes its lock file. */
class LockedFolderTest {
  private static final byte[] NEW = "new".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path temp;
  private Path flake;
  private Path victim;

  @BeforeEach
  void make() throws IOException {
    flake = Files.createDirectories(temp.resolve("flake/sub")).getParent();
    Files.writeString(flake.resolve("flake.nix"), "flake");
    Files.writeString(flake.resolve("sub/flake.nix"), "flake");
    Files.createDirectory(temp.resolve("victim"));
    Files.writeString(temp.resolve("victim/flake.nix"), "flake");
    victim = Files.writeString(temp.resolve("victim/flake.lock"), "old");
  }

  private void write(String file, String text) throws IOException {
    try (LockedFolder folder = LockedFolder.open(flake, Path.of(file))) {
      folder.write(text, NEW);
    }
  }

  private void refuses(String file) throws IOException {
    assertThrows(IOException.class, () -> write(file, "flake"));
    assertEquals("old", Files.readString(victim));
  }

  @Test
  void writesAndWritesOverInPlace() throws IOException {
    for (String file : new String[] {"flake.lock", "sub/flake.lock"}) {
      write(file, "flake");
      assertEquals("new", Files.readString(flake.resolve(file)));
    }
    Path lock = Files.writeString(flake.resolve("flake.lock"), "longer than the new one");
    Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-rw----"));
    Object key = Files.readAttributes(lock, "unix:ino");
    write("flake.lock", "flake");
    assertEquals("new", Files.readString(lock));
    assertEquals(key, Files.readAttributes(lock, "unix:ino"));
    assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)));
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Files.createSymbolicLink(flake.resolve("flake.lock"), victim);
    try (LockedFolder folder = LockedFolder.open(flake, Path.of("flake.lock"))) {
      assertTrue(folder.hasFile());
    }
    refuses("flake.lock");
    Files.delete(flake.resolve("sub/flake.nix"));
    Files.delete(flake.resolve("sub"));
    Files.createSymbolicLink(flake.resolve("sub"), victim.getParent());
    refuses("sub/flake.lock");
    refuses("../victim/flake.lock");
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void pipesAreNotWaitedFor() throws Exception {
    assertEquals(
        0, new ProcessBuilder("mkfifo", flake + "/flake.lock").inheritIO().start().waitFor());
    refuses("flake.lock");
    Files.delete(flake.resolve("flake.lock"));
    Files.delete(flake.resolve("flake.nix"));
    assertEquals(
        0, new ProcessBuilder("mkfifo", flake + "/flake.nix").inheritIO().start().waitFor());
    refuses("flake.lock");
  }

  /** So a folder that was put in the place of the flake's is told, unless it is the same flake. */
  @Test
  void anotherFlakeIsNotLocked() throws IOException {
    assertThrows(IOException.class, () -> write("flake.lock", "evaluated before"));
    assertFalse(Files.exists(flake.resolve("flake.lock")));
  }
}
