package org.buildchain.store.ipld;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/** Opens UnixFS nodes. Thread-safe if the source is. */
public final class UnixFsReader {
  private static final int MAX_DEPTH = 16;

  private final Block.Source source;

  /**
   * @param source gives verified blocks
   */
  public UnixFsReader(Block.Source source) {
    this.source = source;
  }

  /**
   * Opens a node.
   *
   * @throws FormatException if the block is no file, folder or link
   */
  public UnixFsNode open(Cid cid) throws IOException {
    byte[] block = source.get(cid);
    if (cid.codec() == Cid.Codec.RAW) {
      return new Leaf(cid, block.length, source);
    }
    if (cid.codec() != Cid.Codec.DAG_PB) {
      throw new FormatException("block " + cid, "is no UnixFS");
    }
    DagPb.Node node = DagPb.decode(cid, block);
    UnixFs data = UnixFs.decode(cid, node.data());
    return switch (data.type()) {
      case DIRECTORY -> new Plain(cid, node);
      case HAMT_SHARD -> new Sharded(cid, node, source);
      case SYMLINK -> new Link(cid, Octets.of(data.data()));
      case FILE, RAW -> {
        if (node.links().size() != data.blockSizes().size()) {
          throw new FormatException("block " + cid, "has links without sizes");
        }
        yield new Inner(cid, node, data, source);
      }
      case METADATA -> throw new FormatException("block " + cid, "is no file, folder or link");
    };
  }

  private record Leaf(Cid cid, long size, Block.Source source) implements UnixFsNode.File {
    @Override
    public boolean executable() {
      return false;
    }

    @Override
    public int read(long offset, byte[] into, int at, int length) throws IOException {
      return copy(source.get(cid), offset, into, at, length);
    }
  }

  private static int copy(byte[] data, long offset, byte[] into, int at, int length) {
    int n = Math.clamp(data.length - offset, 0, length);
    if (n > 0) {
      System.arraycopy(data, (int) offset, into, at, n);
    }
    return n;
  }

  private record Inner(Cid cid, DagPb.Node node, UnixFs data, Block.Source source)
      implements UnixFsNode.File {
    @Override
    public long size() {
      return data.fileSize();
    }

    @Override
    public boolean executable() {
      return (data.mode() & 0111) != 0;
    }

    @Override
    public int read(long offset, byte[] into, int at, int length) throws IOException {
      return read(node, data, offset, into, at, length, 0);
    }

    private int read(
        DagPb.Node from, UnixFs sizes, long offset, byte[] into, int at, int length, int depth)
        throws IOException {
      if (depth > MAX_DEPTH) {
        throw new FormatException("file " + cid, "is nested too deeply");
      }
      int done = copy(sizes.data(), offset, into, at, length);
      long begin = sizes.data().length;
      for (int i = 0; i < from.links().size() && done < length; i++) {
        long size = sizes.blockSizes().get(i);
        if (offset + done < begin + size) {
          int want = (int) Math.min(length - done, begin + size - offset - done);
          Cid below = from.links().get(i).cid();
          int n = readBelow(below, offset + done - begin, into, at + done, want, depth);
          if (n != want) {
            throw new FormatException("file " + cid, "block " + below + " has another size");
          }
          done += n;
        }
        begin += size;
      }
      return done;
    }

    private int readBelow(Cid below, long offset, byte[] into, int at, int length, int depth)
        throws IOException {
      byte[] block = source.get(below);
      if (below.codec() == Cid.Codec.RAW) {
        return copy(block, offset, into, at, length);
      }
      DagPb.Node inner = DagPb.decode(below, block);
      UnixFs sizes = UnixFs.decode(below, inner.data());
      if (inner.links().size() != sizes.blockSizes().size()) {
        throw new FormatException("block " + below, "has links without sizes");
      }
      return read(inner, sizes, offset, into, at, length, depth + 1);
    }
  }

  private record Link(Cid cid, String target) implements UnixFsNode.Symlink {}

  private record Plain(Cid cid, DagPb.Node node) implements UnixFsNode.Directory {
    @Override
    public List<Child> children() {
      return node.links().stream().map(l -> new Child(l.name(), l.cid())).toList();
    }

    /** The links ascend by name. */
    @Override
    public Optional<Cid> child(String name) {
      int low = 0;
      int high = node.links().size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int c = node.links().get(middle).name().compareTo(name);
        if (c == 0) {
          return Optional.of(node.links().get(middle).cid());
        }
        if (c < 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return Optional.empty();
    }
  }

  private record Sharded(Cid cid, DagPb.Node node, Block.Source source)
      implements UnixFsNode.Directory {
    @Override
    public List<Child> children() throws IOException {
      List<Child> out = new ArrayList<>();
      collect(node, out, 0);
      out.sort(Comparator.comparing(Child::name));
      return out;
    }

    private void collect(DagPb.Node shard, List<Child> out, int depth) throws IOException {
      checkDepth(depth);
      for (DagPb.Link link : shard.links()) {
        if (Shards.isShard(link)) {
          collect(DagPb.decode(link.cid(), source.get(link.cid())), out, depth + 1);
        } else {
          out.add(new Child(Shards.name(link), link.cid()));
        }
      }
    }

    @Override
    public Optional<Cid> child(String name) throws IOException {
      DagPb.Node shard = node;
      for (int depth = 0; ; depth++) {
        checkDepth(depth);
        String prefix = Shards.prefix(name, depth);
        Optional<DagPb.Link> next = Optional.empty();
        for (DagPb.Link link : shard.links()) {
          if (link.name().equals(prefix + name)) {
            return Optional.of(link.cid());
          }
          if (link.name().equals(prefix)) {
            next = Optional.of(link);
          }
        }
        if (next.isEmpty()) {
          return Optional.empty();
        }
        shard = DagPb.decode(next.get().cid(), source.get(next.get().cid()));
      }
    }

    private void checkDepth(int depth) {
      if (depth >= MAX_DEPTH / 2) {
        throw new FormatException("folder " + cid, "is nested too deeply");
      }
    }
  }
}
