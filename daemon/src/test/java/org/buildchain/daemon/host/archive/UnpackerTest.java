package org.buildchain.daemon.host.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackerTest {
  @TempDir Path temp;

  private static byte[] nar(FileTree tree) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Nar.write(tree, out::write);
    return out.toByteArray();
  }

  private byte[] unpacked(Path archive) throws IOException {
    try (ArchiveTree into = new ArchiveTree("test", temp.resolve("spool"))) {
      return nar(Unpacker.unpack("test", archive, into));
    }
  }

  private Path source() throws IOException {
    Path source = Files.createDirectories(temp.resolve("src/pkg-1"));
    Files.createDirectories(source.resolve("sub/empty"));
    Files.writeString(source.resolve("file"), "content");
    Files.writeString(source.resolve("sub/gr\u00fc\u00df"), "x".repeat(100_000));
    assertTrue(Files.writeString(source.resolve("run"), "#!").toFile().setExecutable(true));
    Files.createSymbolicLink(source.resolve("link"), Path.of("sub/../file"));
    Files.createLink(source.resolve("same"), source.resolve("file"));
    return source;
  }

  private void run(String... command) throws IOException, InterruptedException {
    Process p =
        new ProcessBuilder(command)
            .directory(temp.resolve("src").toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, p.waitFor(), out);
  }

  /** The trees expected are those on the disk that the system's tar was given. */
  @Test
  void readsWhatTarAndItsCompressorsMake() throws Exception {
    Path source = source();
    byte[] expected = nar(DiskTree.of(source.toString()));
    for (String option : List.of("--format=gnu", "-z", "-J", "-j", "--zstd")) {
      Path archive = temp.resolve("a" + option);
      run("tar", option, "-cf", archive.toString(), "pkg-1");
      assertArrayEquals(expected, unpacked(archive), option);
      assertFalse(Files.exists(temp.resolve("spool")));
    }
  }

  @FunctionalInterface
  private interface Fill {
    void into(TarArchiveOutputStream tar) throws IOException;
  }

  private Path tar(Fill fill) throws IOException {
    Path archive = temp.resolve("hostile.tar");
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(archive))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      fill.into(tar);
    }
    return archive;
  }

  private static void add(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry link(String name, byte kind, String target) {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
    entry.setLinkName(target);
    return entry;
  }

  @Test
  void namesThatLeadOutsideAreRefused() throws IOException {
    for (String name : List.of("../evil", "a/../../evil")) {
      Path archive = tar(t -> add(t, new TarArchiveEntry(name, true)));
      assertThrows(FormatException.class, () -> unpacked(archive), name);
    }
    assertFalse(Files.exists(temp.getParent().resolve("evil")));
  }

  @Test
  void entriesBehindALinkAreRefused() throws IOException {
    Path archive =
        tar(
            t -> {
              add(t, link("pkg/out", TarArchiveEntry.LF_SYMLINK, "/etc"));
              add(t, new TarArchiveEntry("pkg/out/passwd", true));
            });
    assertThrows(FormatException.class, () -> unpacked(archive));
  }

  @Test
  void devicesAndLinksToNothingAreRefused() throws IOException {
    Path fifo = tar(t -> add(t, new TarArchiveEntry("pkg/fifo", TarArchiveEntry.LF_FIFO)));
    assertThrows(FormatException.class, () -> unpacked(fifo));
    Path hard = tar(t -> add(t, link("pkg/a", TarArchiveEntry.LF_LINK, "/etc/passwd")));
    assertThrows(FormatException.class, () -> unpacked(hard));
  }

  @Test
  void whatIsNoArchiveIsRefused() throws IOException {
    Path text = Files.writeString(temp.resolve("t"), "no archive at all");
    assertThrows(FormatException.class, () -> unpacked(text));
    Path cut = Files.write(temp.resolve("c"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertThrows(FormatException.class, () -> unpacked(cut));
  }
}
