package org.buildchain.store.disk;

import java.io.IOException;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.path.StorePath;

/**
 * An object whose NAR has been read and is what was stated. It is not valid, and nothing of it is
 * durable, before {@link DiskStore#commitSoon}; what it refers to need not be valid before either.
 * Its blocks wait on the disk, a few small ones in memory. Closing it after that changes nothing,
 * before that nothing of it is left. For one thread at a time.
 */
public final class StagedObject implements AutoCloseable {
  /** What a rewritten reference takes in memory: its place, and which it is. */
  private static final int BYTES_PER_REWRITE = 12;

  final ForeignObject said;
  final ObjectWriter writer;
  final ObjectWriter.Read read;
  private final PathUses.Use use;

  StagedObject(ForeignObject said, ObjectWriter writer, ObjectWriter.Read read, PathUses.Use use) {
    this.said = said;
    this.writer = writer;
    this.read = read;
    this.use = use;
  }

  /** Its path. */
  public StorePath path() {
    return said.path();
  }

  /** The memory that it takes, about, in bytes. */
  public long memory() {
    return writer.batch().memory()
        + read.result().rewrites().values().stream()
            .mapToLong(r -> (long) r.count() * BYTES_PER_REWRITE)
            .sum();
  }

  @Override
  public void close() throws IOException {
    try {
      writer.close();
    } finally {
      use.close();
    }
  }
}
