package org.buildchain.store.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.posix.FileStamp;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.posix.ReadFile;

/**
 * Blocks for who sends them to somebody who digests all that comes, as clients of a binary cache
 * do. A block is verified when it is first sent; as long as its file is the same and unchanged by
 * all that the kernel says it is not verified again. Should the disk give other bytes later, then
 * the receiver finds out. Thread-safe.
 */
public final class SentBlocks implements Block.Source {
  /** So many blocks are remembered: some megabytes. */
  private static final int MAX_KNOWN = 1 << 16;

  private final BlockFiles files;
  private final Clock clock;
  private final ReadBuffers buffers = new ReadBuffers(LargeBlocks.MAX_BLOCK + 1);
  private final VerifiedParts parts = new VerifiedParts();
  private final LinkedHashMap<Cid, Found> known = new LinkedHashMap<>(64, 0.75f, true);

  /** A block in a file that looks like this. */
  private record Found(BlockFiles.Standing at, FileStamp stamp) {}

  /**
   * Knows nothing yet.
   *
   * @param clock tells which files were changed just now, so that their stamps say nothing
   */
  public SentBlocks(BlockFiles files, Clock clock) {
    this.files = files;
    this.clock = clock;
  }

  /** The same for who reads one object from its begin to its end. For one thread at a time. */
  public Block.Source inOrder() {
    return new SequentialBlocks(files, this);
  }

  /**
   * What is known of a pack from now on. A block that is read after this and then found right may
   * be added.
   */
  public VerifiedParts.Pack pack(long number) throws IOException {
    FileStamp stamp = files.packs().stamp(number);
    return stamp.isSettled(clock) ? parts.of(number, stamp) : VerifiedParts.forNow(stamp);
  }

  /** How many large blocks are known to be right. */
  int known() {
    synchronized (known) {
      return known.size();
    }
  }

  @Override
  public byte[] get(Cid cid) throws IOException {
    return files.get(cid);
  }

  /** Of small blocks, of late ones and of those that may still change nothing is sent this way. */
  @Override
  public boolean send(Block.Part block, int offset, int length, Block.FileSink to)
      throws IOException {
    Cid cid = block.cid();
    Optional<Found> found = find(cid, block.size());
    if (found.isEmpty()) {
      return false;
    }
    if (!isKnown(cid, found.get())) {
      MemorySegment buffer = buffers.take();
      try {
        verify(cid, block.size(), found.get(), buffer);
      } finally {
        buffers.give(buffer);
      }
      if (!isKnown(cid, found.get())) {
        return false;
      }
    }
    BlockFiles.Standing at = found.get().at();
    try (FileChannel file = FileChannel.open(at.file(), StandardOpenOption.READ)) {
      to.send(file, at.offset() + offset, length);
    }
    return true;
  }

  @Override
  public void read(Cid cid, int size, int offset, ByteBuffer into, int length) throws IOException {
    Optional<Found> found = find(cid, size);
    if (found.isEmpty()) {
      files.read(cid, size, offset, into, length);
      return;
    }
    MemorySegment buffer = buffers.take();
    try {
      MemorySegment part = buffer.asSlice(0, length);
      if (isKnown(cid, found.get())) {
        BlockFiles.Standing at = found.get().at();
        try (ReadFile file = ReadFile.open(Octets.fromText(at.file().toString()))) {
          if (file.read(at.offset() + offset, part) != length) {
            throw BlockFiles.corrupt(cid);
          }
        }
      } else {
        verify(cid, size, found.get(), buffer);
        part = buffer.asSlice(offset, length);
      }
      into.put(part.asByteBuffer());
    } finally {
      buffers.give(buffer);
    }
  }

  /** Where the block stands and what its file looks like, if it is a large one that is here. */
  private Optional<Found> find(Cid cid, int size) throws IOException {
    if (size < BlockBatch.PACKED || size > LargeBlocks.MAX_BLOCK) {
      return Optional.empty();
    }
    BlockFiles.Standing at = files.standing(cid);
    try {
      return Optional.of(new Found(at, Posix.stamp(Octets.fromText(at.file().toString()), false)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private boolean isKnown(Cid cid, Found found) {
    synchronized (known) {
      return found.equals(known.get(cid));
    }
  }

  private void verify(Cid cid, int size, Found before, MemorySegment buffer) throws IOException {
    int length = files.readLarge(cid, buffer);
    if (length != size) {
      throw new FormatException("block " + cid, "has " + length + " bytes, its file says " + size);
    }
    if (!cid.matches(buffer.asSlice(0, length))) {
      throw BlockFiles.corrupt(cid);
    }
    if (before.stamp().isSettled(clock) && Optional.of(before).equals(find(cid, size))) {
      synchronized (known) {
        known.put(cid, before);
        if (known.size() > MAX_KNOWN) {
          known.remove(known.firstEntry().getKey());
        }
      }
    }
  }
}
