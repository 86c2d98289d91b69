package org.buildchain.store.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.buildchain.store.StoreException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequentialBlocksTest {
  @TempDir Path folder;

  private final Random random = new Random(7);
  private final Map<Cid, BlockPlace> places = new HashMap<>();
  private final List<Block> stored = new ArrayList<>();
  private BlockFiles files;
  private SentBlocks sent;

  @BeforeEach
  void open() throws IOException {
    files =
        new BlockFiles(
            folder.resolve("blocks"),
            folder.resolve("packs"),
            c -> Optional.ofNullable(places.get(c)));
    sent = new SentBlocks(files, Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
    for (int pack = 0; pack < 3; pack++) {
      put(200);
    }
  }

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  /** Stores blocks of all sizes, large ones among them, together. */
  private void put(int count) throws IOException {
    try (BlockBatch batch = files.batch()) {
      for (int i = 0; i < count; i++) {
        byte[] data = new byte[random.nextInt(1, i % 20 == 0 ? 100_000 : 9_000)];
        random.nextBytes(data);
        Block block = Block.of(Cid.Codec.RAW, data);
        batch.put(block);
        stored.add(block);
      }
      places.putAll(batch.publish());
      batch.keep();
    }
  }

  private static void check(Block.Source source, Block block, int offset, int length)
      throws IOException {
    byte[] data = block.data();
    ByteBuffer into = ByteBuffer.allocate(length + 1).limit(length);
    source.read(block.cid(), data.length, offset, into, length);
    assertEquals(0, into.remaining());
    assertArrayEquals(
        Arrays.copyOfRange(data, offset, offset + length), Arrays.copyOf(into.array(), length));
  }

  @Test
  void readsBlocksInAnyOrder() throws IOException {
    for (int round = 0; round < 4; round++) {
      Block.Source source = sent.inOrder();
      for (Block block : stored) {
        int length = block.data().length;
        int offset = round == 0 ? 0 : random.nextInt(length);
        check(source, block, offset, round == 0 ? length : random.nextInt(length - offset + 1));
      }
      Collections.shuffle(stored, random);
    }
  }

  private Path pack() throws IOException {
    try (var packs = Files.list(folder.resolve("packs"))) {
      return packs.min(Comparator.naturalOrder()).orElseThrow();
    }
  }

  private List<Block> firstPack() throws IOException {
    long number = Long.parseLong(pack().getFileName().toString());
    return stored.stream()
        .filter(b -> places.get(b.cid()) instanceof BlockPlace.Packed p && p.pack() == number)
        .toList();
  }

  @Test
  void whatWasChangedIsVerifiedAgain() throws IOException {
    List<Block> blocks = firstPack();
    Block.Source source = sent.inOrder();
    for (Block block : blocks) {
      check(source, block, 0, block.data().length);
    }
    Path pack = pack();
    FileTime time = Files.getLastModifiedTime(pack);
    byte[] all = Files.readAllBytes(pack);
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) ~all[i];
    }
    assertEquals(true, pack.toFile().setWritable(true));
    Files.write(pack, all);
    Files.setLastModifiedTime(pack, time);
    Block.Source after = sent.inOrder();
    for (Block block : blocks) {
      assertThrows(StoreException.class, () -> check(after, block, 0, block.data().length));
    }
  }

  @Test
  void aPackThatEndsEarlyIsAnError() throws IOException {
    List<Block> blocks = firstPack();
    Path pack = pack();
    assertEquals(true, pack.toFile().setWritable(true));
    Files.write(pack, Arrays.copyOf(Files.readAllBytes(pack), 1000));
    Block.Source source = sent.inOrder();
    assertThrows(StoreException.class, () -> check(source, blocks.getLast(), 0, 1));
  }

  @Test
  void aBlockThatMovesIsFound() throws IOException {
    Block.Source source = sent.inOrder();
    List<Block> blocks = firstPack();
    check(source, blocks.get(0), 0, 1);
    Path pack = pack();
    for (Block block : blocks) {
      places.remove(block.cid());
    }
    try (BlockBatch batch = files.batch()) {
      for (Block block : blocks) {
        batch.put(block);
      }
      places.putAll(batch.publish());
      batch.keep();
    }
    files.packs().delete(Long.parseLong(pack.getFileName().toString()));
    for (Block block : blocks) {
      check(source, block, 0, block.data().length);
    }
  }
}
