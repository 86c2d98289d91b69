package org.buildchain.store.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A block in a file of its own, and one behind others. */
@ParameterizedClass
@ValueSource(ints = {0, BlockBatch.MAX_OWN, BlockBatch.MAX_OWN + 3})
class SentBlocksTest {
  @Parameter int before;
  @TempDir Path folder;

  private final Map<Cid, BlockPlace> places = new HashMap<>();
  private final byte[] data = new byte[300_000];
  private BlockFiles files;
  private Cid cid;

  @BeforeEach
  void open() throws IOException {
    new Random(1).nextBytes(data);
    files =
        new BlockFiles(
            folder.resolve("blocks"),
            folder.resolve("packs"),
            c -> Optional.ofNullable(places.get(c)));
    Block block = Block.of(Cid.Codec.RAW, data);
    cid = block.cid();
    try (BlockBatch batch = files.batch()) {
      for (int i = 0; i < before; i++) {
        batch.put(Block.of(Cid.Codec.RAW, Arrays.copyOf(new byte[] {(byte) i}, 100_000)));
      }
      batch.put(block);
      places.putAll(batch.publish());
      batch.keep();
    }
  }

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  /** Sends as if the files had been there for an hour. */
  private SentBlocks later() {
    return new SentBlocks(files, Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
  }

  private byte[] read(SentBlocks sent, int offset, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    sent.read(cid, data.length, offset, into, length);
    assertEquals(0, into.remaining());
    return into.array();
  }

  @Test
  void sendsPartsBeforeAndAfterItKnowsTheBlock() throws IOException {
    SentBlocks sent = later();
    byte[] part = Arrays.copyOfRange(data, 100_000, 250_000);
    assertEquals(0, sent.known());
    assertArrayEquals(part, read(sent, 100_000, 150_000));
    assertEquals(1, sent.known());
    assertArrayEquals(part, read(sent, 100_000, 150_000));
    assertArrayEquals(data, read(sent, 0, data.length));
  }

  @Test
  void aFileThatWasChangedIsVerifiedAgain() throws IOException {
    SentBlocks sent = later();
    byte[] unused = read(sent, 0, data.length);
    Path file = files.standing(cid).file();
    FileTime time = Files.getLastModifiedTime(file);
    damage();
    Files.setLastModifiedTime(file, time);
    assertThrows(StoreException.class, () -> read(sent, 1000, 10));
  }

  /** Changes the block's first octet. */
  private void damage() throws IOException {
    BlockFiles.Standing at = files.standing(cid);
    assertEquals(before < BlockBatch.MAX_OWN, at.file().equals(files.file(cid)));
    assertEquals(true, at.file().toFile().setWritable(true));
    try (FileChannel file = FileChannel.open(at.file(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {(byte) ~data[0]}), at.offset());
    }
  }

  private static byte[] sent(SentBlocks blocks, Cid cid, int size, int offset, int length)
      throws IOException {
    ByteBuffer got = ByteBuffer.allocate(length);
    boolean sent =
        blocks.send(
            new Block.Part(cid, size),
            offset,
            length,
            (file, position, count) -> {
              assertEquals(length, count);
              assertEquals(length, file.read(got, position));
            });
    return sent ? got.array() : new byte[0];
  }

  @Test
  void sendsTheFilesThatItKnows() throws IOException {
    SentBlocks blocks = later();
    byte[] part = Arrays.copyOfRange(data, 100_000, 250_000);
    assertArrayEquals(part, sent(blocks, cid, data.length, 100_000, 150_000));
    assertEquals(1, blocks.known());
    assertArrayEquals(data, sent(blocks, cid, data.length, 0, data.length));
    // One that may change within the clock's tick, a small one and one that is not here are read.
    SentBlocks now = new SentBlocks(files, Clock.systemUTC());
    assertEquals(0, sent(now, cid, data.length, 0, 10).length);
    assertEquals(0, sent(blocks, cid, BlockBatch.PACKED - 1, 0, 10).length);
    Cid other = Block.of(Cid.Codec.RAW, new byte[data.length]).cid();
    assertEquals(0, sent(blocks, other, data.length, 0, 10).length);
    // A file that lies about its length.
    assertThrows(FormatException.class, () -> sent(later(), cid, data.length + 1, 0, 10));
    damage();
    assertThrows(StoreException.class, () -> sent(blocks, cid, data.length, 1000, 10));
  }

  @Test
  void aFileThatIsNewIsNotKnownYet() throws IOException {
    SentBlocks sent = new SentBlocks(files, Clock.systemUTC());
    assertArrayEquals(data, read(sent, 0, data.length));
    assertEquals(0, sent.known());
  }
}
