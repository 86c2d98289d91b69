package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.junit.jupiter.api.Test;

class SideChunksTest {
  private static final int CHUNKS = 20;
  private static final long SIZE = (long) CHUNKS * UnixFsWriter.CHUNK;

  private static byte[] chunk(int number) {
    byte[] data = new byte[UnixFsWriter.CHUNK];
    data[0] = (byte) number;
    return data;
  }

  private static Cid written(long size, List<Cid> put) throws IOException {
    UnixFsWriter.FileWriter writer = new UnixFsWriter(b -> put.add(b.cid())).file(false);
    try (SideChunks chunks = new SideChunks(writer, size)) {
      for (int i = 0; i < CHUNKS; i++) {
        chunks.put(chunk(i));
      }
      chunks.finish();
    }
    return writer.finish().cid();
  }

  @Test
  void aLargeFileIsCutAsItIsWithoutAThread() throws IOException {
    List<Cid> here = new ArrayList<>();
    List<Cid> beside = Collections.synchronizedList(new ArrayList<>());
    // A file that is said to be small stays with its thread.
    assertEquals(written(0, here), written(SIZE, beside));
    assertEquals(here, beside);
  }

  @Test
  void whatCannotBeStoredIsTold() {
    List<Cid> put = Collections.synchronizedList(new ArrayList<>());
    UnixFsWriter.FileWriter writer =
        new UnixFsWriter(
                b -> {
                  if (put.size() == 3) {
                    throw new IOException("the disk is full");
                  }
                  put.add(b.cid());
                })
            .file(false);
    IOException e =
        assertThrows(
            IOException.class,
            () -> {
              try (SideChunks chunks = new SideChunks(writer, SIZE)) {
                for (int i = 0; i < CHUNKS; i++) {
                  chunks.put(chunk(i));
                }
                chunks.finish();
              }
            });
    assertEquals("the disk is full", e.getMessage());
    assertEquals(3, put.size());
  }
}
