package org.buildchain.store.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.buildchain.store.StoreException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.junit.jupiter.api.Test;

class LargeBlocksTest {
  private static final int SLOTS = 24;

  /** What the disk has, and how often each was read. */
  private final Map<Cid, byte[]> disk = new HashMap<>();

  private final Map<Cid, Integer> reads = new HashMap<>();
  private final LargeBlocks blocks = new LargeBlocks(SLOTS, this::readFile);

  private int readFile(Cid cid, MemorySegment into) throws IOException {
    reads.merge(cid, 1, Integer::sum);
    byte[] data = disk.get(cid);
    if (data == null) {
      throw new IOException("no such block");
    }
    MemorySegment.copy(data, 0, into, ValueLayout.JAVA_BYTE, 0, data.length);
    return data.length;
  }

  private Cid put(int seed, int length) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    Cid cid = Cid.of(Cid.Codec.RAW, data);
    disk.put(cid, data);
    return cid;
  }

  private byte[] read(Cid cid, int size) throws IOException {
    try (Block.Lent lent = blocks.lend(cid, size, size - 100, 100).orElseThrow()) {
      return lent.bytes().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private byte[] end(Cid cid) {
    byte[] data = disk.get(cid);
    return Arrays.copyOfRange(data, data.length - 100, data.length);
  }

  @Test
  void whatWasPreparedIsReadAndVerifiedOnce() throws IOException {
    List<Cid> file = new ArrayList<>();
    for (int i = 0; i < 19; i++) {
      file.add(put(i, UnixFsWriter.CHUNK));
    }
    file.add(put(19, 70_001));
    blocks.prepare(file);
    blocks.prepare(file);
    for (Cid cid : file) {
      assertArrayEquals(end(cid), read(cid, disk.get(cid).length));
      assertEquals(1, reads.get(cid));
    }
  }

  @Test
  void aFlippedBitAmongThemIsAnErrorForItsReaderAlone() throws IOException {
    List<Cid> file = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      file.add(put(i, UnixFsWriter.CHUNK));
    }
    disk.get(file.get(11))[777_777] ^= 1;
    Cid lost = file.get(4);
    disk.remove(lost);
    blocks.prepare(file);
    for (int i = 0; i < 16; i++) {
      Cid cid = file.get(i);
      if (i == 11) {
        StoreException e = assertThrows(StoreException.class, () -> read(cid, UnixFsWriter.CHUNK));
        assertTrue(e.getMessage().contains(cid.toString()), e.getMessage());
      } else if (i == 4) {
        assertThrows(IOException.class, () -> read(cid, UnixFsWriter.CHUNK));
      } else {
        assertArrayEquals(end(cid), read(cid, UnixFsWriter.CHUNK));
        assertEquals(1, reads.get(cid));
      }
    }
    // It is mended on the disk: nothing wrong was kept.
    disk.get(file.get(11))[777_777] ^= 1;
    assertArrayEquals(end(file.get(11)), read(file.get(11), UnixFsWriter.CHUNK));
  }

  @Test
  void whatWasLentToItsEndGoesFirst() throws IOException {
    List<Cid> file = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      Cid cid = put(i, UnixFsWriter.CHUNK);
      file.add(cid);
      blocks.lend(cid, UnixFsWriter.CHUNK, 0, 100).orElseThrow().close();
    }
    Cid readThrough = file.get(10);
    assertArrayEquals(end(readThrough), read(readThrough, UnixFsWriter.CHUNK));
    Cid more = put(SLOTS, UnixFsWriter.CHUNK);
    blocks.lend(more, UnixFsWriter.CHUNK, 0, 100).orElseThrow().close();
    for (Cid cid : file.subList(0, 11)) {
      blocks.lend(cid, UnixFsWriter.CHUNK, 0, 100).orElseThrow().close();
      assertEquals(cid.equals(readThrough) ? 2 : 1, reads.get(cid));
    }
  }

  @Test
  void moreThanThereIsMemoryForIsReadAllTheSame() throws IOException {
    List<Cid> file = new ArrayList<>();
    for (int i = 0; i < 2 * SLOTS; i++) {
      file.add(put(i, UnixFsWriter.CHUNK));
    }
    blocks.prepare(file);
    for (Cid cid : file) {
      assertArrayEquals(end(cid), read(cid, UnixFsWriter.CHUNK));
    }
  }
}
