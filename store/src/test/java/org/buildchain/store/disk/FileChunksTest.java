package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.buildchain.store.block.PieceDigests;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileChunksTest {
  private final PieceDigests digests = new PieceDigests();

  private static byte[] file(int length) {
    byte[] file = new byte[length];
    new Random(length).nextBytes(file);
    return file;
  }

  private UnixFsWriter.Written written(byte[] file, boolean executable, Block.Sink sink)
      throws IOException {
    UnixFsWriter.FileWriter writer = new UnixFsWriter(sink).file(executable);
    // As HashZeroer does, with the same memory for each.
    byte[] buffer = new byte[UnixFsWriter.CHUNK];
    try (FileChunks chunks = new FileChunks(writer, sink, digests, file.length)) {
      for (int at = 0; at < file.length; at += buffer.length) {
        int n = Math.min(buffer.length, file.length - at);
        System.arraycopy(file, at, buffer, 0, n);
        chunks.put(ByteBuffer.wrap(buffer, 0, n));
      }
      chunks.finish();
    }
    return writer.finish();
  }

  /** As the writer itself cuts it, which has the reference importer's CIDs in its own test. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1 << 20, (1 << 20) + 1, 2 << 20, (40 << 20) - 1, 33 << 20})
  void aFileIsCutAsItIsOnOneThread(int length) throws IOException {
    byte[] file = file(length);
    for (boolean executable : new boolean[] {false, true}) {
      List<Block> expected = new ArrayList<>();
      UnixFsWriter.FileWriter plain = new UnixFsWriter(expected::add).file(executable);
      for (int at = 0; at < length; at += UnixFsWriter.CHUNK) {
        plain.chunk(Arrays.copyOfRange(file, at, Math.min(length, at + UnixFsWriter.CHUNK)));
      }
      List<Block> blocks = new ArrayList<>();
      assertEquals(plain.finish(), written(file, executable, blocks::add));
      assertEquals(
          expected.stream().map(Block::cid).toList(), blocks.stream().map(Block::cid).toList());
      for (int i = 0; i < blocks.size(); i++) {
        assertArrayEquals(expected.get(i).data(), blocks.get(i).data());
      }
    }
  }

  @Test
  void whatCannotBeStoredIsTold() {
    List<Cid> put = new ArrayList<>();
    Block.Sink full =
        block -> {
          if (put.size() == 3) {
            throw new IOException("the disk is full");
          }
          put.add(block.cid());
        };
    IOException e = assertThrows(IOException.class, () -> written(file(20 << 20), false, full));
    assertEquals("the disk is full", e.getMessage());
    assertEquals(3, put.size());
  }

  /** More at once than there is memory for at first sight. */
  @Test
  void manyAtOnceDontWaitForEachOther() throws Exception {
    byte[] file = file(40 << 20);
    UnixFsWriter.Written expected = written(file, false, Block.Sink.NONE);
    List<UnixFsWriter.Written> all = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  all.add(written(file, false, Block.Sink.NONE));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(Collections.nCopies(12, expected), all);
  }

  /** In the pieces of any length that a NAR comes in, and after one that was given up. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4095, 4096, 65_536, 65_537, 5 << 20, 9_999_999})
  void aStreamIsDigestedAsAWhole(int length) throws Exception {
    byte[] stream = file(length);
    try (SideDigest left = new SideDigest(digests)) {
      left.write(stream, 0, length / 2);
    }
    try (SideDigest digest = new SideDigest(digests)) {
      Random random = new Random(length);
      for (int at = 0; at < length; ) {
        int n = Math.min(length - at, 1 + random.nextInt(random.nextBoolean() ? 100 : 3 << 20));
        digest.write(stream, at, n);
        at += n;
      }
      assertArrayEquals(
          MessageDigest.getInstance("SHA-256").digest(stream), digest.finish().bytes());
    }
    assertEquals(HashAlgorithm.SHA256, new SideDigest(digests).finish().algorithm());
  }
}
