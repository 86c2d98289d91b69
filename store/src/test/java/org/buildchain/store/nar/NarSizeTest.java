package org.buildchain.store.nar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NarSizeTest {
  @TempDir private Path folder;

  @Test
  void isTheLengthOfTheNar() throws IOException {
    Files.writeString(folder.resolve("empty"), "");
    Files.writeString(folder.resolve("a file"), "x".repeat(12345));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("somewhere"));
    Files.createDirectories(folder.resolve("sub/empty"));
    Path script = Files.createDirectories(folder.resolve("sub/full")).resolve("run");
    Files.writeString(script, "#!/bin/sh");
    script.toFile().setExecutable(true);
    FileTree tree = DiskTree.of(folder.toString());

    ByteArrayOutputStream nar = new ByteArrayOutputStream();
    Nar.write(tree, nar::write);
    assertEquals(nar.size(), Nar.size(tree));
  }

  /**
   * Words of the format take 8 bytes for their length and as many as fill eights: the archive's 24,
   * "(" and ")" 16 each, "type", "regular" and "contents" 16 each, the content's 8 + 16.
   */
  @Test
  void isAsByHand() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "0123456789");
    assertEquals(24 + 5 * 16 + 24, Nar.size(DiskTree.of(file.toString())));
  }
}
