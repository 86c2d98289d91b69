package org.buildchain.daemon.chain.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept for claims besides the store has a bound. */
class OutputBlocksTest {
  private static final int SIZE = 1000;

  @TempDir private Path root;

  private OutputBlocks blocks(long most) {
    return new OutputBlocks(root, Settings.initial().with("claim-blocks-max", Long.toString(most)));
  }

  private Path file(Cid cid) {
    return root.resolve("chain/outputs").resolve(cid.toString());
  }

  /** Keeps a block that was last used so many seconds after 1970. */
  private Cid keep(int number) throws IOException {
    byte[] data = new byte[SIZE];
    data[0] = (byte) number;
    Block block = Block.of(Cid.Codec.RAW, data);
    blocks(Long.MAX_VALUE).keep(block);
    Files.setLastModifiedTime(file(block.cid()), FileTime.fromMillis(number * 1000L));
    return block.cid();
  }

  private long kept() throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.list(root.resolve("chain/outputs"))) {
      for (Path file : files.toList()) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  @Test
  void whatWasUsedLongestAgoGoes() throws IOException {
    List<Cid> all = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      all.add(keep(i));
    }
    assertEquals(SIZE, blocks(0).get(all.get(0)).orElseThrow().length, "used again");
    blocks(3 * SIZE).trim();
    assertEquals(3 * SIZE, kept());
    assertTrue(Files.exists(file(all.get(0))));
    assertFalse(Files.exists(file(all.get(7))));
    assertTrue(Files.exists(file(all.get(8))));
    assertTrue(Files.exists(file(all.get(9))));
  }

  /** What names a claim's outputs stays as long as anything else can go. */
  @Test
  void mapsGoLast() throws IOException {
    Cid outputs =
        blocks(Long.MAX_VALUE)
            .keep(new TreeMap<>(Map.of("out", Cid.of(Cid.Codec.DAG_PB, new byte[1]))));
    Files.setLastModifiedTime(file(outputs), FileTime.fromMillis(0));
    for (int i = 1; i <= 5; i++) {
      keep(i);
    }
    blocks(2 * SIZE).trim();
    assertTrue(Files.exists(file(outputs)));
    assertEquals(SIZE + Files.size(file(outputs)), kept());
    blocks(0).trim();
    assertEquals(0, kept());
  }

  @Test
  void nothingIsKeptYet() throws IOException {
    blocks(0).trim();
    assertTrue(blocks(0).get(Cid.of(Cid.Codec.RAW, new byte[1])).isEmpty());
  }
}
