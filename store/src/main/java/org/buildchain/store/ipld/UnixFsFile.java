package org.buildchain.store.ipld;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;

/** The kinds of UnixFS files. None holds content: whatever is kept open costs little memory. */
final class UnixFsFile {
  private static final int MAX_DEPTH = 16;

  private UnixFsFile() {}

  /** The file that a node of dag-pb stands for. */
  static UnixFsNode.File of(
      Cid cid, int blockSize, DagPb.Node node, UnixFs data, Block.Source source) {
    boolean executable = (data.mode() & 0111) != 0;
    if (node.links().isEmpty()) {
      return new Inline(
          cid,
          blockSize,
          node.dataOffset() + data.bytesOffset(),
          data.data().length,
          executable,
          source);
    }
    return new Tree(cid, data.fileSize(), executable, new Inner(cid, node, data), source);
  }

  /** How many bytes a reading from {@code offset} gives. */
  private static int clamp(long size, long offset, ByteBuffer into) {
    return Math.clamp(size - offset, 0, into.remaining());
  }

  /** All of a raw block. */
  record Leaf(Cid cid, long size, Block.Source source) implements UnixFsNode.File {
    @Override
    public boolean executable() {
      return false;
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      int n = clamp(size, offset, into);
      if (n > 0) {
        source.read(cid, Math.toIntExact(size), (int) offset, into, n);
      }
      return n;
    }

    @Override
    public Optional<Block.Lent> lend(long offset, int length) throws IOException {
      int n = Math.clamp(size - offset, 0, length);
      return n == 0 || size > Block.MAX_SIZE
          ? Optional.empty()
          : source.lend(new Block.Part(cid, (int) size), (int) offset, n);
    }

    @Override
    public int send(long offset, long length, Block.FileSink to) throws IOException {
      return sendBlock(source, cid, size, offset, length, to);
    }
  }

  /** Sends what is wanted of a raw block that begins where the offset is counted from. */
  private static int sendBlock(
      Block.Source source, Cid cid, long size, long offset, long length, Block.FileSink to)
      throws IOException {
    int n = (int) Math.clamp(size - offset, 0, length);
    boolean sent =
        n > 0
            && size <= Block.MAX_SIZE
            && source.send(new Block.Part(cid, (int) size), (int) offset, n, to);
    return sent ? n : 0;
  }

  /** Bytes within a node that has no links. */
  private record Inline(
      Cid cid, int blockSize, int begin, long size, boolean executable, Block.Source source)
      implements UnixFsNode.File {
    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      int n = clamp(size, offset, into);
      if (n > 0) {
        source.read(cid, blockSize, begin + (int) offset, into, n);
      }
      return n;
    }
  }

  /** A node's links and where what is below each of them ends in what is below the node. */
  private record Inner(byte[] own, List<DagPb.Link> links, long[] ends) {
    Inner(Cid cid, DagPb.Node node, UnixFs data) {
      this(data.data(), node.links(), ends(cid, node, data));
    }

    private static long[] ends(Cid cid, DagPb.Node node, UnixFs data) {
      if (node.links().size() != data.blockSizes().size()) {
        throw new FormatException("block " + cid, "has links without sizes");
      }
      long[] ends = new long[data.blockSizes().size()];
      long end = data.data().length;
      for (int i = 0; i < ends.length; i++) {
        end += data.blockSizes().get(i);
        ends[i] = end;
      }
      return ends;
    }

    /** Which link leads to the byte at an offset; behind all where none does. */
    int place(long offset) {
      int i = Arrays.binarySearch(ends, offset);
      return i < 0 ? -i - 1 : i + 1;
    }

    /** Where what a link leads to begins. */
    long begin(int link) {
      return link == 0 ? own.length : ends[link - 1];
    }

    long size() {
      return ends.length == 0 ? own.length : ends[ends.length - 1];
    }
  }

  /** A tree of blocks. */
  private static final class Tree implements UnixFsNode.File {
    private final Cid cid;
    private final long size;
    private final boolean executable;
    private final Inner top;
    private final Block.Source source;

    /** The node below the top one that was read last: reading goes on there as a rule. */
    private volatile Optional<Below> last = Optional.empty();

    private record Below(Cid cid, Inner inner) {}

    Tree(Cid cid, long size, boolean executable, Inner top, Block.Source source) {
      if (top.size() != size) {
        throw new FormatException("file " + cid, "its parts make another size than its own");
      }
      this.cid = cid;
      this.size = size;
      this.executable = executable;
      this.top = top;
      this.source = source;
    }

    @Override
    public Cid cid() {
      return cid;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public boolean executable() {
      return executable;
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      int n = clamp(size, offset, into);
      read(top, offset, into, n, 0);
      return n;
    }

    /** Exactly {@code length} bytes of what is below a node. */
    private void read(Inner from, long offset, ByteBuffer into, int length, int depth)
        throws IOException {
      if (depth > MAX_DEPTH) {
        throw new FormatException("file " + cid, "is nested too deeply");
      }
      long at = offset;
      long end = offset + length;
      if (at < from.own.length) {
        int n = (int) Math.min(end, from.own.length) - (int) at;
        into.put(from.own, (int) at, n);
        at += n;
      }
      for (int i = from.place(at); at < end; i++) {
        long begin = from.begin(i);
        int n = (int) (Math.min(end, from.ends[i]) - at);
        if (n > 0) {
          readBelow(from.links.get(i).cid(), from.ends[i] - begin, at - begin, into, n, depth);
          at += n;
        }
      }
    }

    @Override
    public void prepare(long offset, long length) throws IOException {
      List<Block.Part> parts = new ArrayList<>();
      parts(top, 0, offset, Math.min(offset + length, size), parts, 0);
      source.prepare(parts);
    }

    @Override
    public Optional<Block.Lent> lend(long offset, int length) throws IOException {
      int n = Math.clamp(size - offset, 0, length);
      int i = top.place(offset);
      if (n == 0 || i == top.links.size()) {
        return Optional.empty();
      }
      long begin = top.begin(i);
      Cid below = top.links.get(i).cid();
      long expected = top.ends[i] - begin;
      if (offset < begin
          || offset + n > top.ends[i]
          || below.codec() != Cid.Codec.RAW
          || expected > Block.MAX_SIZE) {
        return Optional.empty();
      }
      return source.lend(new Block.Part(below, (int) expected), (int) (offset - begin), n);
    }

    @Override
    public int send(long offset, long length, Block.FileSink to) throws IOException {
      return send(top, offset, Math.min(length, size - offset), to, 0);
    }

    private int send(Inner from, long offset, long length, Block.FileSink to, int depth)
        throws IOException {
      int i = from.place(offset);
      if (depth > MAX_DEPTH || i == from.ends.length || offset < from.begin(i)) {
        return 0;
      }
      long at = offset - from.begin(i);
      Cid below = from.links.get(i).cid();
      return below.codec() == Cid.Codec.RAW
          ? sendBlock(source, below, from.ends[i] - from.begin(i), at, length, to)
          : send(inner(below, from.ends[i] - from.begin(i)), at, length, to, depth + 1);
    }

    /** The raw blocks below a node, which begins at {@code base}, that have bytes of a range. */
    private void parts(
        Inner from, long base, long begin, long end, List<Block.Part> parts, int depth)
        throws IOException {
      if (depth > MAX_DEPTH) {
        throw new FormatException("file " + cid, "is nested too deeply");
      }
      for (int i = from.place(begin - base); i < from.ends.length; i++) {
        long at = base + from.begin(i);
        if (at >= end) {
          return;
        }
        long expected = base + from.ends[i] - at;
        Cid below = from.links.get(i).cid();
        if (below.codec() != Cid.Codec.RAW) {
          parts(inner(below), at, begin, end, parts, depth + 1);
        } else if (expected <= Block.MAX_SIZE) {
          parts.add(new Block.Part(below, (int) expected));
        }
      }
    }

    private void readBelow(
        Cid below, long expected, long offset, ByteBuffer into, int length, int depth)
        throws IOException {
      if (below.codec() == Cid.Codec.RAW) {
        if (expected > Block.MAX_SIZE) {
          throw new FormatException("file " + cid, "block " + below + " is too long");
        }
        source.read(below, (int) expected, (int) offset, into, length);
        return;
      }
      read(inner(below, expected), offset, into, length, depth + 1);
    }

    private Inner inner(Cid below, long expected) throws IOException {
      Inner inner = inner(below);
      if (inner.size() != expected) {
        throw new FormatException("file " + cid, "block " + below + " has another size");
      }
      return inner;
    }

    private Inner inner(Cid below) throws IOException {
      Optional<Below> remembered = last;
      if (remembered.isPresent() && remembered.get().cid().equals(below)) {
        return remembered.get().inner();
      }
      DagPb.Node node = DagPb.decode(below, source.get(below));
      Inner inner = new Inner(below, node, UnixFs.decode(below, node.data()));
      last = Optional.of(new Below(below, inner));
      return inner;
    }
  }
}
