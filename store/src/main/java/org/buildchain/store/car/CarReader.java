package org.buildchain.store.car;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;

/**
 * Reads a CAR file of version 1 or 2 with one root, block by block; each is compared with its
 * digest. An index is passed over. For one thread. Whatever is wrong with the file is a {@link
 * FormatException}.
 */
public final class CarReader {
  private static final String WHAT = "CAR file";
  private static final int MAX_HEADER = 4096;
  private static final int MAX_GAP = 1 << 20;
  private static final int CID_BYTES = 36;

  private final InputStream in;
  private final Cid root;
  private long position;

  /** Where the blocks end; without an end in a file of version 1. */
  private long end = Long.MAX_VALUE;

  /**
   * Reads the file's header.
   *
   * @param in the caller closes it
   */
  public CarReader(InputStream in) throws IOException {
    this.in = in;
    int length = (int) varint(MAX_HEADER, "header");
    byte[] header = take(length);
    byte[] pragma = Arrays.copyOfRange(CarWriter.PRAGMA, 1, CarWriter.PRAGMA.length);
    if (Arrays.equals(header, pragma)) {
      ByteBuffer fields = ByteBuffer.wrap(take(CarWriter.HEADER_V2)).order(ByteOrder.LITTLE_ENDIAN);
      long offset = fields.getLong(16);
      long size = fields.getLong(24);
      if (offset < position || offset - position > MAX_GAP || size < 0) {
        throw bad("its data begins out of range");
      }
      take((int) (offset - position));
      end = Math.addExact(position, size);
      header = take((int) varint(MAX_HEADER, "header"));
    }
    root = root(DagCbor.decode(WHAT + ", header", header));
  }

  private Cid root(Ipld header) {
    if (!(header instanceof Ipld.Map map)
        || !new Ipld.Int(1).equals(map.values().get("version"))
        || !(map.values().get("roots") instanceof Ipld.Array(List<Ipld> roots))) {
      throw bad("its header must have a version, 1, and roots");
    }
    if (roots.size() != 1 || !(roots.getFirst() instanceof Ipld.Link(Cid cid))) {
      throw bad("it must have one root, not " + roots.size());
    }
    return cid;
  }

  /** The file's root. */
  public Cid root() {
    return root;
  }

  /** The next block, or empty at the end. */
  public Optional<Block> next() throws IOException {
    if (position == end) {
      return Optional.empty();
    }
    int first = in.read();
    if (first < 0) {
      if (end != Long.MAX_VALUE) {
        throw bad("it is truncated");
      }
      return Optional.empty();
    }
    position++;
    long length = varint(first, Block.MAX_SIZE + CID_BYTES, "block");
    if (length < CID_BYTES) {
      throw bad("a block of " + length + " bytes has no CID");
    }
    if (length > end - position) {
      throw bad("a block reaches over the end of the data");
    }
    Cid cid = Cid.ofBytes(take(CID_BYTES));
    byte[] data = take((int) length - CID_BYTES);
    if (!cid.matches(data)) {
      throw bad("block " + cid + " has another digest");
    }
    return Optional.of(new Block(cid, data));
  }

  private FormatException bad(String problem) {
    return new FormatException(WHAT, position, problem);
  }

  private byte[] take(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    position += bytes.length;
    if (bytes.length != length) {
      throw bad("it is truncated");
    }
    return bytes;
  }

  private long varint(long most, String what) throws IOException {
    int first = in.read();
    if (first < 0) {
      throw bad("it is truncated");
    }
    position++;
    return varint(first, most, what);
  }

  private long varint(int first, long most, String what) throws IOException {
    long value = first & 0x7f;
    int b = first;
    for (int shift = 7; (b & 0x80) != 0; shift += 7) {
      b = in.read();
      if (b < 0 || shift > 56) {
        throw bad(b < 0 ? "it is truncated" : "a length of too many digits");
      }
      position++;
      value |= (long) (b & 0x7f) << shift;
    }
    if (value > most) {
      throw bad("a " + what + " of " + value + " bytes; at most " + most + " are expected");
    }
    return value;
  }
}
