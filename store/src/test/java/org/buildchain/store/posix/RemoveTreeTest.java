package org.buildchain.store.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoveTreeTest {
  @TempDir Path folder;

  @Test
  void linksAreNotFollowed() throws Exception {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "kept");
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("link"), kept);
    Files.createLink(tree.resolve("hard"), kept.resolve("file"));
    Posix.removeTree(tree.toString());
    assertFalse(Files.exists(tree));
    assertEquals("kept", Files.readString(kept.resolve("file")));
  }

  /** A shell that enters each folder it makes goes where no path leads: PATH_MAX is 4096. */
  @Test
  void foldersDeeperThanAPathAreRemoved() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    String make =
        "use strict; for (1..9000) { mkdir 'd', 0700 or die; mkdir 'deep-0'; chdir 'd' or die }"
            + " open(F, '>', 'file') or die";
    Process perl = new ProcessBuilder("perl", "-e", make).directory(tree.toFile()).start();
    assertEquals(0, perl.waitFor());
    assertTrue(Files.exists(tree.resolve("d/d/d/d")));
    Posix.removeTree(tree.toString());
    assertFalse(Files.exists(tree));
  }
}
