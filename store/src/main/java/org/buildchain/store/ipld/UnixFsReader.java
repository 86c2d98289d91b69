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
   * Opens a folder's child. That of a raw block isn't read: the folder says its length. Should the
   * block have another one, reading the file fails.
   *
   * @throws FormatException if the block is no file, folder or link
   */
  public UnixFsNode open(UnixFsNode.Directory.Child child) throws IOException {
    return child.cid().codec() == Cid.Codec.RAW && child.size() <= Block.MAX_SIZE
        ? new UnixFsFile.Leaf(child.cid(), child.size(), source)
        : open(child.cid());
  }

  /**
   * Opens a node.
   *
   * @throws FormatException if the block is no file, folder or link
   */
  public UnixFsNode open(Cid cid) throws IOException {
    byte[] block = source.get(cid);
    if (cid.codec() == Cid.Codec.RAW) {
      return new UnixFsFile.Leaf(cid, block.length, source);
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
      case FILE, RAW -> UnixFsFile.of(cid, block.length, node, data, source);
      case METADATA -> throw new FormatException("block " + cid, "is no file, folder or link");
    };
  }

  private record Link(Cid cid, String target) implements UnixFsNode.Symlink {}

  private record Plain(Cid cid, DagPb.Node node) implements UnixFsNode.Directory {
    @Override
    public List<Child> children() {
      return node.links().stream().map(l -> new Child(l.name(), l.cid(), l.size())).toList();
    }

    /** The links ascend by name. */
    @Override
    public Optional<Child> child(String name) {
      int low = 0;
      int high = node.links().size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int c = node.links().get(middle).name().compareTo(name);
        if (c == 0) {
          DagPb.Link link = node.links().get(middle);
          return Optional.of(new Child(name, link.cid(), link.size()));
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
          out.add(new Child(Shards.name(link), link.cid(), link.size()));
        }
      }
    }

    @Override
    public Optional<Child> child(String name) throws IOException {
      DagPb.Node shard = node;
      for (int depth = 0; ; depth++) {
        checkDepth(depth);
        String prefix = Shards.prefix(name, depth);
        Optional<DagPb.Link> next = Optional.empty();
        for (DagPb.Link link : shard.links()) {
          if (link.name().equals(prefix + name)) {
            return Optional.of(new Child(name, link.cid(), link.size()));
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
