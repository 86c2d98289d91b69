package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The CID of a tree's root is the one that ipfs-unixfs-importer gives it under the profile
 * unixfs-v1-2025, executables with the mode 0555.
 */
class UnixFsPeerTest {
  @TempDir Path folder;

  /** The trees below {@link #folder}, by both. */
  private void compare(List<Path> trees) throws IOException {
    assertEquals(IpfsPeer.unixFs(trees), own(trees), trees::toString);
  }

  private List<String> own(List<Path> trees) throws IOException {
    List<String> ours = new ArrayList<>();
    try (DiskStore store =
        new DiskStore(folder.resolve("root"), StoreDir.DEFAULT, Clock.systemUTC())) {
      for (Path tree : trees) {
        StorePath path =
            store.addTree(
                "tree",
                DiskTree.of(Octets.fromText(tree.toString())),
                IngestionMethod.NAR,
                HashAlgorithm.SHA256);
        ours.add(store.treeCid(path));
      }
    }
    return ours;
  }

  private Path tree(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private static void text(Path file, String content) throws IOException {
    Files.writeString(
        Files.createDirectories(file.getParent()).resolve(file.getFileName()), content);
  }

  @Test
  void foldersOfAnySize() throws IOException {
    List<Path> trees = new ArrayList<>();
    // A folder of names of 200 bytes becomes a HAMT at about 1040 entries.
    for (int count : new int[] {0, 1, 2, 255, 256, 1023, 1040, 1043, 1044, 1045, 1060, 5000}) {
      Path tree = tree("folder-" + count);
      for (int i = 0; i < count; i++) {
        text(tree.resolve(String.format(Locale.ROOT, "%0200d", i)), "file " + i % 100);
      }
      trees.add(tree);
    }
    compare(trees);
  }

  @Test
  void namesOfAnyKind() throws IOException {
    Path tree = tree("names");
    for (String name :
        List.of(
            " ",
            "a b",
            "-x",
            "ä",
            "a\u0308",
            "日本語",
            "🦀",
            "~",
            "A",
            "a",
            "a.b",
            "a%2Fb",
            "*?",
            "\"quoted\"",
            "'",
            "\t",
            "\n",
            "é".repeat(127),
            "x".repeat(255),
            "...",
            ".hidden")) {
      text(tree.resolve(name), name);
      text(tree.resolve("sub").resolve(name).resolve("file"), name);
    }
    compare(List.of(tree));
  }

  @Test
  void linksExecutablesAndEmptyFolders() throws IOException {
    Path tree = tree("mixed");
    text(tree.resolve("bin/program"), "#!/bin/sh\n");
    text(tree.resolve("bin/plain"), "");
    text(tree.resolve("bin/empty"), "");
    Path large = tree.resolve("bin/large");
    Files.write(large, new byte[(3 << 20) + 1]);
    for (String name : List.of("program", "empty", "large")) {
      tree.resolve("bin").resolve(name).toFile().setExecutable(true, false);
    }
    Files.createDirectories(tree.resolve("empty/inner"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("bin/program"));
    Files.createSymbolicLink(tree.resolve("dangling"), Path.of("/ü/" + "y".repeat(3000)));
    Files.createSymbolicLink(tree.resolve("a"), Path.of("."));
    compare(List.of(tree, tree.resolve("link"), tree.resolve("bin/program"), large));
  }

  @Test
  void randomTrees() throws IOException {
    List<Path> trees = new ArrayList<>();
    for (int seed = 1; seed <= 12; seed++) {
      Random random = new Random(seed);
      Path tree = tree("random-" + seed);
      fill(tree, random, 0);
      trees.add(tree);
    }
    compare(trees);
  }

  private static void fill(Path at, Random random, int depth) throws IOException {
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      Path child = at.resolve("entry-" + random.nextInt(1000) + "x".repeat(random.nextInt(40)));
      if (Files.exists(child)) {
        continue;
      }
      if (depth < 4 && random.nextInt(3) == 0) {
        fill(Files.createDirectory(child), random, depth + 1);
      } else {
        byte[] bytes =
            new byte[random.nextInt(20) == 0 ? random.nextInt(5 << 20) : random.nextInt(5000)];
        random.nextBytes(bytes);
        Files.write(child, bytes);
      }
    }
  }

  @Test
  void filesAroundTheBoundaries() throws IOException {
    List<Path> files = new ArrayList<>();
    Random random = new Random(7);
    for (int size : new int[] {0, 1, 262_144, 1_048_575, 1_048_576, 1_048_577, 10_485_760}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      files.add(Files.write(folder.resolve("file-" + size), bytes));
    }
    compare(files);
  }

  /** Three levels: 2047 chunks. */
  @Test
  @Tag("slow")
  void aFileOfNearly2GiB() throws IOException {
    compare(List.of(large((2L << 30) - (1L << 20))));
  }

  /**
   * From 2 GiB on the importer (17.1.1) writes the length in the root's node as zero octets, which
   * is no varint of Protobuf: all of the CID is the importer's but for these octets.
   */
  @Test
  @Tag("slow")
  void aFileOf3GiB() throws IOException {
    Path file = large(3L << 30);
    assertEquals(List.of(IpfsPeer.unixFsWithLength(file)), own(List.of(file)));
  }

  /** Zeros, with a decimal number at every place of which it says where. */
  private Path large(long length) throws IOException {
    Path file = folder.resolve("large");
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(length);
      for (long at = 0; at < length; at += 100_000_007L) {
        out.seek(at);
        out.write(Long.toString(at).getBytes(StandardCharsets.US_ASCII));
      }
    }
    return file;
  }
}
