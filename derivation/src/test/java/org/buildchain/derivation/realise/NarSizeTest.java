package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NarSizeTest {
  @Test
  void isTheLengthOfTheNar(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("empty"), "");
    Files.writeString(folder.resolve("a file"), "x".repeat(12345));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("somewhere"));
    Files.createDirectories(folder.resolve("sub/empty"));
    Path script = Files.createDirectories(folder.resolve("sub/full")).resolve("run");
    Files.writeString(script, "#!/bin/sh");
    script.toFile().setExecutable(true);
    FileTree tree = DiskTree.of(folder.toString());

    assertEquals(MemoryStore.nar(tree).length, OutputChecks.NarSize.of(tree));
  }
}
