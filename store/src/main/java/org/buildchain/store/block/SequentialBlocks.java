package org.buildchain.store.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.posix.Sha256;

/**
 * Blocks for who reads an object from its begin to its end, as a sender does. Small ones stand in a
 * pack in that order, so that many are read at once; what is kept in memory for others they leave
 * alone. For one thread at a time.
 */
final class SequentialBlocks implements Block.Source {
  /** So much is read at once as soon as blocks follow each other, and then twice as much, up to. */
  private static final int LEAST_AHEAD = 32 << 10;

  private static final int MOST_AHEAD = 256 << 10;

  private final BlockFiles files;
  private final SentBlocks sent;
  private BlockPlace.Packed window = new BlockPlace.Packed(-1, 0, 0);
  private Optional<VerifiedParts.Pack> known = Optional.empty();
  private byte[] bytes = {};
  private int ahead;

  /**
   * @param sent has the large blocks, and whatever is asked for as a whole
   */
  SequentialBlocks(BlockFiles files, SentBlocks sent) {
    this.files = files;
    this.sent = sent;
  }

  @Override
  public byte[] get(Cid cid) throws IOException {
    return sent.get(cid);
  }

  @Override
  public boolean send(Block.Part block, int offset, int length, Block.FileSink to)
      throws IOException {
    return sent.send(block, offset, length, to);
  }

  @Override
  public void read(Cid cid, int size, int offset, ByteBuffer into, int length) throws IOException {
    Optional<BlockPlace> place = size < BlockBatch.PACKED ? files.place(cid) : Optional.empty();
    if (place.isPresent()
        && place.get() instanceof BlockPlace.Packed packed
        && packed.length() == size
        && fetch(packed)) {
      int at = (int) (packed.offset() - window.offset());
      verify(cid, packed, at);
      into.put(bytes, at + offset, length);
    } else {
      sent.read(cid, size, offset, into, length);
    }
  }

  private void verify(Cid cid, BlockPlace.Packed place, int at) {
    VerifiedParts.Pack pack = known.orElseThrow();
    if (!pack.knows(place.offset(), place.length())) {
      Sha256 digest = new Sha256();
      digest.update(bytes, at, place.length());
      if (!cid.isDigest(digest.finish())) {
        throw BlockFiles.corrupt(cid);
      }
      pack.add(place.offset(), place.length());
    }
  }

  /** Has the bytes at a place in the window; false if they are no longer there. */
  private boolean fetch(BlockPlace.Packed place) throws IOException {
    long end = window.offset() + window.length();
    boolean near = place.pack() == window.pack() && place.offset() >= window.offset();
    if (near && place.offset() + place.length() <= end) {
      return true;
    }
    boolean follows = near && place.offset() <= end;
    ahead = follows ? Math.clamp(2L * ahead, LEAST_AHEAD, MOST_AHEAD) : 0;
    int wanted = Math.max(place.length(), ahead);
    if (bytes.length < wanted) {
      bytes = new byte[wanted];
    }
    int n;
    try {
      known = Optional.of(sent.pack(place.pack()));
      n = files.packs().read(place.pack(), place.offset(), bytes, wanted);
    } catch (NoSuchFileException e) {
      // The collector has moved the block.
      n = 0;
    }
    window = new BlockPlace.Packed(place.pack(), place.offset(), n);
    return n >= place.length();
  }
}
