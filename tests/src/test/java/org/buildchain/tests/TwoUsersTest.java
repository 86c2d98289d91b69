package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root's store, and what another user may do with it. Runs as root. */
class TwoUsersTest {
  private static final Bc BC = new Bc();
  private static String path;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    Files.setPosixFilePermissions(BC.root(), PosixFilePermissions.fromString("rwxr-xr-x"));
    BC.run("daemon", "start").orFail();
    Path file = Files.writeString(BC.root().resolve("content"), "for all to read\n");
    path = BC.run("store", "add", file.toString()).orFail().strip();
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Command.Result as(String user, String... command) {
    List<String> line = new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--clear-groups"));
    line.addAll(List.of(command));
    Map<String, String> variables = Map.of("BC_ROOT", BC.root().toString(), "LC_ALL", "C");
    return Command.run(Path.of("/"), variables, line);
  }

  private static void refused(String reason, String user, String... command) {
    Command.Result result = as(user, command);
    assertFalse(result.status() == 0, user + " may " + String.join(" ", command));
    assertTrue(result.err().contains(reason), result.err());
  }

  @Test
  void othersReadTheStore() {
    String view = BC.view(path).toString();
    assertEquals("for all to read\n", as("nobody", "cat", view).orFail());
    assertTrue(as("nobody", "ls", BC.root() + "/nix/store").orFail().contains(path.substring(11)));
    assertEquals(1, as("nobody", "ls", BC.root() + "/store").orFail().lines().count());
  }

  @Test
  void nobodyWritesThroughTheMountNotEvenItsOwner() {
    String view = BC.view(path).toString();
    for (String user : List.of("root", "nobody")) {
      for (String place : List.of(BC.root() + "/nix/store", BC.root() + "/store")) {
        refused("Read-only file system", user, "touch", place + "/new");
        refused("Read-only file system", user, "mkdir", place + "/new");
      }
      refused("Read-only file system", user, "rm", "-f", view);
      refused("Read-only file system", user, "chmod", "u+w", view);
      refused("Read-only file system", user, "sh", "-c", "echo x >> " + view);
      refused("Read-only file system", user, "ln", view, BC.root() + "/nix/store/new");
    }
    assertEquals("for all to read\n", as("nobody", "cat", view).orFail());
  }

  @Test
  void othersChangeNothingBesideTheMount() {
    for (String place : List.of("", "blocks", "packs", "db", "pins", "pins/per-user", "builds")) {
      as("root", "mkdir", "-p", BC.root() + "/" + place).orFail();
      refused("Permission denied", "nobody", "touch", BC.root() + "/" + place + "/new");
    }
    refused("Permission denied", "nobody", "sh", "-c", "echo x >> " + BC.root() + "/db/data.mdb");
    // The daemon is its own user's.
    refused("Permission denied", "nobody", "ls", BC.root() + "/daemon");
    refused("", "nobody", Bc.program().toString(), "store", "gc");
    assertTrue(as("root", "cat", BC.view(path).toString()).status() == 0);
  }

  @Test
  void nobodyPinsForAnotherOrTakesAnothersPinsAway() throws IOException {
    Path users = Files.createDirectories(BC.root().resolve("pins/per-user"));
    Path roots = Files.createDirectories(users.resolve("root/bc"));
    Path link = Files.createSymbolicLink(roots.resolve("kept"), BC.view(path));
    as("root", "install", "-d", "-o", "nobody", users + "/nobody", users + "/nobody/x").orFail();

    refused("Permission denied", "nobody", "rm", "-f", link.toString());
    refused("Permission denied", "nobody", "ln", "-sfn", "/nowhere", link.toString());
    refused("Permission denied", "nobody", "ln", "-s", BC.view(path).toString(), roots + "/mine");
    refused("Permission denied", "nobody", "mkdir", users + "/daemon");
    refused("Permission denied", "nobody", "touch", BC.root() + "/pins/lock");

    String other = add("other");
    as("nobody", "ln", "-s", BC.view(other).toString(), users + "/nobody/x/kept").orFail();
    // Not even by a folder that was given away.
    String another = add("another");
    as("root", "install", "-d", "-o", "nobody", users + "/daemon").orFail();
    as("nobody", "ln", "-s", BC.view(another).toString(), users + "/daemon/kept").orFail();
    assertEquals(another, BC.run("store", "gc").orFail().strip());
    assertEquals("other", as("nobody", "cat", BC.view(other).toString()).orFail());

    as("nobody", "rm", users + "/nobody/x/kept").orFail();
    assertEquals(other, BC.run("store", "gc").orFail().strip());
    assertTrue(Files.exists(link));
  }

  /** Root's collector removes pins that lead nowhere: in their own folders, and only there. */
  @Test
  void linksInAUsersFolderLeadTheCollectorNowhere() throws IOException {
    Path users = Files.createDirectories(BC.root().resolve("pins/per-user"));
    as("root", "install", "-d", "-o", "nobody", users + "/nobody").orFail();
    Path precious = Files.createSymbolicLink(folder.resolve("precious"), Path.of("/nowhere"));
    as("nobody", "ln", "-s", folder.toString(), users + "/nobody/folder").orFail();
    as("nobody", "ln", "-s", precious.toString(), users + "/nobody/link").orFail();
    as("nobody", "ln", "-s", "/nowhere", users + "/nobody/dangling").orFail();
    BC.run("store", "gc", "--dry-run").orFail();
    assertTrue(Files.isSymbolicLink(precious));
    assertFalse(Files.exists(users.resolve("nobody/dangling"), LinkOption.NOFOLLOW_LINKS));
    as("root", "rm", "-r", users + "/nobody").orFail();
  }

  /** Root's files there would keep the folder's owner out of their own store. */
  @Test
  void rootStartsNoDaemonInAnothersStore() {
    String theirs = folder.resolve("theirs").toString();
    as("root", "install", "-d", "-o", "nobody", theirs, theirs + "/daemon").orFail();
    Command.Result result =
        Command.run(
            folder,
            Map.of("BC_ROOT", theirs),
            List.of(Bc.program().toString(), "eval", "--expr", "1"));
    assertEquals(1, result.status());
    assertTrue(result.err().contains("/theirs/daemon' belongs to user 65534, whose"), result.err());
    assertFalse(Files.exists(Path.of(theirs, "db")));
  }

  private String add(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), content);
    return BC.run("store", "add", file.toString()).orFail().strip();
  }
}
