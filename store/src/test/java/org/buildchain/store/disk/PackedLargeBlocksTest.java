package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.buildchain.store.NewObject;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockBatch;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step with more large blocks than get files of their own. */
class PackedLargeBlocksTest {
  private static final int CHUNK = 1 << 20;
  private static final int CHUNKS = BlockBatch.MAX_OWN + 8;

  @TempDir Path root;
  private final byte[] content = new byte[CHUNKS * CHUNK];
  private DiskStore store;
  private StorePath path;

  @BeforeEach
  void add() throws IOException {
    new Random(3).nextBytes(content);
    open();
    path = add("file", content);
  }

  private StorePath add(String name, byte[] data) throws IOException {
    StorePath to = StoreDir.DEFAULT.make("test", "sha256:" + name, name);
    MemoryFile file = new MemoryFile(data, false);
    store.addObjects(
        List.of(new NewObject(to, file, Set.of(), Optional.empty(), true, Optional.empty())));
    return to;
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void open() throws IOException {
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
  }

  private byte[] read(StorePath of) throws IOException {
    try (InputStream in = ((FileTree.Regular) store.open(of)).open()) {
      return in.readAllBytes();
    }
  }

  private List<Path> packs() throws IOException {
    try (var files = Files.list(root.resolve("packs"))) {
      return files.toList();
    }
  }

  private BlockPlace.Packed place(int chunk) {
    byte[] data = Arrays.copyOfRange(content, chunk * CHUNK, (chunk + 1) * CHUNK);
    Map<Cid, BlockPlace> places = store.allBlocks();
    return (BlockPlace.Packed) places.get(Block.of(Cid.Codec.RAW, data).cid());
  }

  @Test
  void areReadFromThePack() throws IOException {
    try (var own = Files.list(root.resolve("blocks"))) {
      assertEquals(BlockBatch.MAX_OWN, own.count());
    }
    store.close();
    open();
    assertArrayEquals(content, read(path));
    List<String> problems = new ArrayList<>();
    assertEquals(0, store.verify(problems::add), problems::toString);
  }

  @Test
  void aChangedOneIsFoundOutAndMended() throws IOException {
    BlockPlace.Packed last = place(CHUNKS - 1);
    store.close();
    Path pack = root.resolve("packs/" + last.pack());
    try (FileChannel file = FileChannel.open(pack, StandardOpenOption.WRITE)) {
      file.write(
          ByteBuffer.wrap(new byte[] {(byte) ~content[content.length - 1]}),
          last.offset() + last.length() - 1);
    }
    open();
    assertThrows(StoreException.class, () -> read(path));
    List<String> problems = new ArrayList<>();
    assertEquals(1, store.verify(problems::add), problems::toString);
    assertTrue(problems.getFirst().contains(path.toString()), problems::toString);
  }

  /** Half of the pack's blocks stay, so that it is not written anew: their room is all it takes. */
  @Test
  void roomComesBackWithEachOfThem() throws IOException {
    StorePath half = add("half", Arrays.copyOf(content, (CHUNKS - 4) * CHUNK));
    long pack = place(CHUNKS - 5).pack();
    long before = Posix.status(root.resolve("packs/" + pack).toString()).room();
    Path pins = Files.createDirectories(root.resolve("pins/per-user/me/bc"));
    Files.createSymbolicLink(pins.resolve("x"), root.resolve("nix/store/" + half));
    Collected collected =
        store.collect(
            CollectOptions.ALL, store.roots(root, List.of(root.resolve("nix/store"))), gone -> {});
    assertEquals(List.of(path), collected.paths());
    assertEquals(pack, place(CHUNKS - 5).pack());
    long after = Posix.status(root.resolve("packs/" + pack).toString()).room();
    // Pages that a block shares with another stay.
    assertEquals(4L * CHUNK, before - after, 4096);
    assertEquals(1, packs().stream().filter(p -> p.endsWith(Long.toString(pack))).count());
    store.close();
    open();
    assertArrayEquals(Arrays.copyOf(content, (CHUNKS - 4) * CHUNK), read(half));
  }
}
