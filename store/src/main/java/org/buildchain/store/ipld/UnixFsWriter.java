package org.buildchain.store.ipld;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.Octets;

/**
 * Makes UnixFS of files, folders and links by the profile {@code unixfs-v1-2025} of IPIP-499:
 * chunks of 1 MiB as raw leaves, 1024 links to a node, balanced; folders of more than 256 KiB as
 * HAMT. An executable file has a node of its own with the mode 0555, which holds the content if
 * that is one chunk; nothing else has a mode.
 */
public final class UnixFsWriter {
  /** The length of a file's blocks but the last. */
  public static final int CHUNK = 1 << 20;

  private static final int MAX_LINKS = 1024;
  private static final int MAX_DIRECTORY = 256 << 10;
  private static final int EXECUTABLE = 0555;

  private final Block.Sink sink;

  /**
   * @param sink gets the blocks, those below before those above
   */
  public UnixFsWriter(Block.Sink sink) {
    this.sink = sink;
  }

  /**
   * What was written.
   *
   * @param size of all its blocks together
   */
  public record Written(Cid cid, long size) {}

  /** A folder's child. */
  public record Child(String name, Written node) {}

  /** A file whose chunks come one by one. */
  public final class FileWriter {
    private final boolean executable;
    private final List<DagPb.Link> leaves = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();

    /** The only chunk so far of an executable, which may have to stand in the file's node. */
    private Optional<byte[]> held = Optional.empty();

    private FileWriter(boolean executable) {
      this.executable = executable;
    }

    /** Adds a chunk: {@link #CHUNK} bytes, or fewer if it is the last one. */
    public void chunk(byte[] data) throws IOException {
      chunk(ByteBuffer.wrap(data));
    }

    /** The same for what an array holds, which may change after. */
    public void chunk(ByteBuffer data) throws IOException {
      if (executable && leaves.isEmpty() && held.isEmpty()) {
        byte[] copy = new byte[data.remaining()];
        data.get(copy);
        held = Optional.of(copy);
        return;
      }
      release();
      leaf(data);
    }

    /**
     * Adds a chunk whose block the sink has already. It must not be the only one of an executable.
     *
     * @param cid of the raw block
     * @param size its length in bytes
     */
    public void stored(Cid cid, int size) throws IOException {
      release();
      leaves.add(new DagPb.Link(cid, "", size));
      sizes.add((long) size);
    }

    private void release() throws IOException {
      if (held.isPresent()) {
        leaf(ByteBuffer.wrap(held.get()));
        held = Optional.empty();
      }
    }

    private void leaf(ByteBuffer data) throws IOException {
      int size = data.remaining();
      Cid cid = Cid.of(Cid.Codec.RAW, data.array(), data.arrayOffset() + data.position(), size);
      sink.put(cid, MemorySegment.ofBuffer(data));
      leaves.add(new DagPb.Link(cid, "", size));
      sizes.add((long) size);
    }

    /** Ends the file. */
    public Written finish() throws IOException {
      int mode = executable ? EXECUTABLE : 0;
      if (executable && leaves.isEmpty()) {
        byte[] content = held.orElse(new byte[0]);
        return written(node(List.of(), UnixFs.smallFile(content, mode), sink));
      }
      if (leaves.isEmpty()) {
        leaf(ByteBuffer.allocate(0));
      }
      List<DagPb.Link> level = leaves;
      List<Long> lengths = sizes;
      while (level.size() > MAX_LINKS) {
        List<DagPb.Link> nextLevel = new ArrayList<>();
        List<Long> nextLengths = new ArrayList<>();
        for (int i = 0; i < level.size(); i += MAX_LINKS) {
          int end = Math.min(i + MAX_LINKS, level.size());
          List<Long> part = lengths.subList(i, end);
          nextLevel.add(node(level.subList(i, end), UnixFs.file(part, 0), sink));
          nextLengths.add(part.stream().mapToLong(Long::longValue).sum());
        }
        level = nextLevel;
        lengths = nextLengths;
      }
      if (level.size() == 1 && !executable) {
        return written(level.getFirst());
      }
      return written(node(level, UnixFs.file(lengths, mode), sink));
    }
  }

  /** Begins a file. */
  public FileWriter file(boolean executable) {
    return new FileWriter(executable);
  }

  /** Writes a link. */
  public Written symlink(String target) throws IOException {
    return written(node(List.of(), UnixFs.symlink(Octets.bytes(target)), sink));
  }

  /**
   * Writes a folder.
   *
   * @param children ascending by name
   */
  public Written directory(List<Child> children) throws IOException {
    List<DagPb.Link> links = new ArrayList<>(children.size());
    for (Child child : children) {
      links.add(new DagPb.Link(child.node().cid(), child.name(), child.node().size()));
    }
    byte[] plain = DagPb.encode(links, UnixFs.directory());
    if (plain.length > MAX_DIRECTORY) {
      return written(Shards.build(links, sink));
    }
    Block block = Block.of(Cid.Codec.DAG_PB, plain);
    sink.put(block);
    long below = links.stream().mapToLong(DagPb.Link::size).sum();
    return new Written(block.cid(), below + plain.length);
  }

  static DagPb.Link node(List<DagPb.Link> links, byte[] data, Block.Sink sink) throws IOException {
    Block block = Block.of(Cid.Codec.DAG_PB, DagPb.encode(links, data));
    sink.put(block);
    long below = links.stream().mapToLong(DagPb.Link::size).sum();
    return new DagPb.Link(block.cid(), "", below + block.data().length);
  }

  private static Written written(DagPb.Link link) {
    return new Written(link.cid(), link.size());
  }
}
