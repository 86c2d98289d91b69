package org.buildchain.store.car;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;

/** Writes a CAR file with one root. For one thread. */
public final class CarWriter {
  /** What a file of version 2 begins with. */
  static final byte[] PRAGMA = {0x0a, (byte) 0xa1, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x02};

  /** The length of the header that follows it. */
  static final int HEADER_V2 = 40;

  private static final int CID_BYTES = 36;

  private final OutputStream out;

  /** Writes to this stream, which the caller closes. */
  public CarWriter(OutputStream out) {
    this.out = out;
  }

  private static byte[] header(Cid root) {
    Map<String, Ipld> map =
        Map.of("roots", new Ipld.Array(List.of(new Ipld.Link(root))), "version", new Ipld.Int(1));
    return DagCbor.encode(new Ipld.Map(new TreeMap<>(map)));
  }

  /** Begins a file of version 1. */
  public void begin(Cid root) throws IOException {
    byte[] header = header(root);
    varint(out, header.length);
    out.write(header);
  }

  /**
   * Begins a file of version 2, without an index.
   *
   * @param sections the sum of {@link #sectionSize} over the blocks that follow
   */
  public void beginV2(Cid root, long sections) throws IOException {
    byte[] header = header(root);
    out.write(PRAGMA);
    ByteBuffer fields = ByteBuffer.allocate(HEADER_V2).order(ByteOrder.LITTLE_ENDIAN);
    fields.putLong(0).putLong(0);
    fields.putLong(PRAGMA.length + HEADER_V2);
    fields.putLong(varintSize(header.length) + header.length + sections);
    fields.putLong(0);
    out.write(fields.array());
    begin(root);
  }

  /** What a block of this length takes in the file. */
  public static long sectionSize(long length) {
    return varintSize(CID_BYTES + length) + CID_BYTES + length;
  }

  /** Adds a block. */
  public void block(Block block) throws IOException {
    varint(out, CID_BYTES + (long) block.data().length);
    out.write(block.cid().bytes());
    out.write(block.data());
  }

  private static int varintSize(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  private static void varint(OutputStream out, long value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long v = value;
    while (v > 0x7f) {
      bytes.write((int) (v & 0x7f) | 0x80);
      v >>>= 7;
    }
    bytes.write((int) v);
    out.write(bytes.toByteArray());
  }
}
