package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.buildchain.store.NewObject;
import org.buildchain.store.StoreException;
import org.buildchain.store.car.CarReader;
import org.buildchain.store.car.CarWriter;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CAR files between two stores, and those that nobody should accept. */
class CarTest {
  @TempDir Path temp;
  private DiskStore from;
  private DiskStore to;
  private StorePath program;
  private StorePath library;

  @BeforeEach
  void open() throws IOException {
    from = new DiskStore(temp.resolve("from"), StoreDir.DEFAULT, Clock.systemUTC());
    to = new DiskStore(temp.resolve("to"), StoreDir.DEFAULT, Clock.systemUTC());
    library = StoreDir.DEFAULT.make("test", "sha256:1", "library");
    program = StoreDir.DEFAULT.make("test", "sha256:2", "program");
    Path lib = Files.createDirectories(temp.resolve("lib/sub"));
    byte[] large = new byte[(2 << 20) + 7];
    new Random(3).nextBytes(large);
    Files.write(lib.resolve("large"), large);
    Files.writeString(lib.resolve("own"), "at /nix/store/" + library);
    Path bin = Files.createDirectories(temp.resolve("bin"));
    Files.writeString(bin.resolve("run"), "#!/nix/store/" + library + "/sh " + program);
    assertTrue(bin.resolve("run").toFile().setExecutable(true));
    Files.createSymbolicLink(bin.resolve("link"), Path.of("/nix/store/" + library + "/x"));
    add(library, temp.resolve("lib"), Set.of());
    add(program, bin, Set.of(library));
  }

  private void add(StorePath path, Path tree, Set<StorePath> candidates) throws IOException {
    from.addObjects(
        List.of(
            new NewObject(
                path,
                DiskTree.of(tree.toString()),
                candidates,
                Optional.empty(),
                true,
                Optional.empty())));
  }

  @AfterEach
  void close() {
    from.close();
    to.close();
  }

  private byte[] export(int version) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    from.exportCar(from.query(program).orElseThrow().object(), version, out);
    return out.toByteArray();
  }

  private void refused(byte[] car, String why) throws IOException {
    Exception e =
        assertThrows(FormatException.class, () -> to.importCar(new ByteArrayInputStream(car)), why);
    assertTrue(e.getMessage().contains(why), e.getMessage());
    assertEquals(Set.of(), to.allPaths());
    assertEquals(Set.of(), to.allBlocks().keySet());
    for (String folder : List.of("blocks", "packs")) {
      try (var files = Files.list(temp.resolve("to").resolve(folder))) {
        assertEquals(0, files.count(), "something is left in " + folder);
      }
    }
  }

  @Test
  void aClosureArrivesWhole() throws IOException {
    for (int version : new int[] {1, 2}) {
      assertEquals(
          List.of(program, library), to.importCar(new ByteArrayInputStream(export(version))));
    }
    for (StorePath path : List.of(program, library)) {
      assertEquals(from.query(path).orElseThrow().object(), to.query(path).orElseThrow().object());
      assertEquals(
          from.query(path).orElseThrow().references(), to.query(path).orElseThrow().references());
    }
    List<String> problems = new ArrayList<>();
    assertEquals(0, to.verify(problems::add), problems.toString());
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    to.exportCar(to.query(program).orElseThrow().object(), 2, again);
    assertArrayEquals(export(2), again.toByteArray());
  }

  @Test
  void aTruncatedFileLeavesNothing() throws IOException {
    for (int version : new int[] {1, 2}) {
      byte[] car = export(version);
      for (int length : new int[] {0, 1, 10, 60, 100, car.length / 2, car.length - 1}) {
        refused(Arrays.copyOf(car, length), "truncated");
      }
    }
  }

  private List<Block> blocks(byte[] car) throws IOException {
    CarReader reader = new CarReader(new ByteArrayInputStream(car));
    List<Block> blocks = new ArrayList<>();
    for (Optional<Block> block; (block = reader.next()).isPresent(); ) {
      blocks.add(block.get());
    }
    return blocks;
  }

  private static byte[] car(Block root, List<Block> blocks) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out);
    writer.begin(root.cid());
    for (Block block : blocks) {
      writer.block(block);
    }
    return out.toByteArray();
  }

  @Test
  void blocksInAnotherOrderOrTooManyOrTooFewLeaveNothing() throws IOException {
    List<Block> blocks = blocks(export(1));
    Block root = blocks.getFirst();
    for (int i = 1; i < blocks.size() - 1; i++) {
      List<Block> swapped = new ArrayList<>(blocks);
      Collections.swap(swapped, i, i + 1);
      refused(car(root, swapped), "out of order");
    }
    List<Block> more = new ArrayList<>(blocks);
    more.add(Block.of(org.buildchain.store.ipld.Cid.Codec.RAW, new byte[] {1}));
    refused(car(root, more), "does not lead to");
    refused(car(root, blocks.subList(0, blocks.size() - 1)), "truncated");
    List<Block> without = new ArrayList<>(blocks);
    without.remove(3);
    refused(car(root, without), "out of order");
    refused(car(blocks.getLast(), List.of(blocks.getLast())), "is no store object");
  }

  @Test
  void aFlippedBitLeavesNothing() throws IOException {
    byte[] car = export(1);
    Random random = new Random(11);
    for (int i = 0; i < 40; i++) {
      byte[] bad = car.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      assertThrows(
          FormatException.class, () -> to.importCar(new ByteArrayInputStream(bad)), "round " + i);
      assertEquals(Set.of(), to.allBlocks().keySet());
    }
  }

  /** An object as somebody might make it up, with all of its blocks in order. */
  private byte[] forged(
      StorePath path, UnixFsTree tree, Hash narHash, long size, Optional<ContentAddress> address)
      throws IOException {
    Map<org.buildchain.store.ipld.Cid, Block> blocks = new LinkedHashMap<>();
    Block.Sink sink = b -> blocks.put(b.cid(), b);
    StoreObject object =
        new StoreObject(
            path,
            tree.write(new UnixFsWriter(sink)).cid(),
            new TreeMap<>(),
            new TreeMap<>(),
            narHash,
            size,
            address);
    org.buildchain.store.ipld.Cid root = object.store(sink);
    List<Block> order = new ArrayList<>(blocks.values());
    return car(blocks.get(root), order.reversed());
  }

  private interface UnixFsTree {
    UnixFsWriter.Written write(UnixFsWriter writer) throws IOException;
  }

  private static UnixFsWriter.Written file(UnixFsWriter writer) throws IOException {
    UnixFsWriter.FileWriter file = writer.file(false);
    file.chunk("content".getBytes(StandardCharsets.US_ASCII));
    return file.finish();
  }

  @Test
  void whatAnObjectStatesOfItselfIsChecked() throws IOException {
    Hash wrong = Hash.of(HashAlgorithm.SHA256, new byte[0]);
    refused(forged(library, CarTest::file, wrong, 120, Optional.empty()), "has NAR hash");
    refused(forged(library, CarTest::file, wrong, 5, Optional.empty()), "larger than it says");
    // The NAR of the file 'content': 120 bytes; its SHA-256 is that of
    // `printf content > f; nix-store --dump f | sha256sum`.
    Hash right =
        Hash.parse(
            "sha256:e25a9fdb717f5299cf792e117419ed798996387d8d7c8b0bc3939613750e8a87",
            Optional.empty());
    refused(
        forged(
            library,
            CarTest::file,
            right,
            120,
            Optional.of(new ContentAddress(IngestionMethod.FLAT, wrong))),
        "has not the content");
  }

  @Test
  void namesThatLeadOutsideAreRefused() throws IOException {
    Hash any = Hash.of(HashAlgorithm.SHA256, new byte[0]);
    for (String name : List.of("..", ".", "a/b", "/etc", "a\0b", "x".repeat(256), "")) {
      refused(
          forged(
              library,
              w -> w.directory(List.of(new UnixFsWriter.Child(name, file(w)))),
              any,
              1000,
              Optional.empty()),
          "wrong name");
    }
    refused(
        forged(
            library,
            w ->
                w.directory(
                    List.of(
                        new UnixFsWriter.Child("b", file(w)),
                        new UnixFsWriter.Child("a", file(w)))),
            any,
            1000,
            Optional.empty()),
        "out of order");
    refused(forged(library, w -> w.symlink("a\0b"), any, 1000, Optional.empty()), "wrong target");
  }

  @Test
  void aTreeThatUnfoldsWithoutEndIsRefused() throws IOException {
    // 40 folders, each with the next one twice: 2^40 files.
    refused(
        forged(
            library,
            w -> {
              UnixFsWriter.Written below = file(w);
              for (int i = 0; i < 40; i++) {
                below =
                    w.directory(
                        List.of(
                            new UnixFsWriter.Child("a", below),
                            new UnixFsWriter.Child("b", below)));
              }
              return below;
            },
            Hash.of(HashAlgorithm.SHA256, new byte[0]),
            100_000,
            Optional.empty()),
        "larger than it says");
  }

  @Test
  void aPathWithAnotherContentStaysAsItIs() throws IOException {
    Path other = Files.writeString(temp.resolve("other"), "something else");
    to.addObjects(
        List.of(
            new NewObject(
                library,
                DiskTree.of(other.toString()),
                Set.of(),
                Optional.empty(),
                true,
                Optional.empty())));
    assertThrows(StoreException.class, () -> to.importCar(new ByteArrayInputStream(export(1))));
    assertEquals(Set.of(library), to.allPaths());
    assertEquals(0, to.verify(problem -> {}));
  }
}
