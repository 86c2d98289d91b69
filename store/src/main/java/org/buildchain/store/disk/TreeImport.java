package org.buildchain.store.disk;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.hashrewrite.HashFinder;
import org.buildchain.hashrewrite.HashZeroer;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.store.block.PieceDigests;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * One reading of a tree: its NAR is written, references are looked for and zeroed, and blocks are
 * cut, all from the same bytes. For one tree and one thread.
 *
 * <p>References are zeroed where that pays: where the entry in the table of rewrites is shorter
 * than what would otherwise be stored again whenever a reference changes, which is the file and its
 * link in each folder above. So it nearly always does, but for small files that hold little else.
 */
final class TreeImport {
  /**
   * What came of it.
   *
   * @param found those of the candidates that occur, the tree's own path among them if it does
   * @param rewrites by the path within the tree (an octet string, empty for the root), where
   *     references were zeroed, as indexes into {@code candidates}
   * @param candidates what was looked for
   */
  record Result(
      Cid root,
      Hash narHash,
      long narSize,
      SortedSet<StorePath> found,
      SortedMap<String, Rewrites> rewrites,
      List<StorePath> candidates) {}

  /** The NAR of the tree, as far as it matters here. */
  interface NarSum extends AutoCloseable {
    /** Is told the tree. */
    NarWriter writer();

    /** Its length in bytes; to be asked for first. */
    long size();

    /** Its SHA-256. */
    Hash digest();

    @Override
    void close();
  }

  /** A NAR that is written while its tree is read. */
  private static final class WrittenNar implements NarSum {
    private final SideDigest digest;
    private final NarWriter writer;

    WrittenNar(PieceDigests digests, NarWriter.Sink extra) {
      digest = new SideDigest(digests);
      writer =
          new NarWriter(
              (data, offset, length) -> {
                digest.write(data, offset, length);
                extra.write(data, offset, length);
              });
    }

    @Override
    public NarWriter writer() {
      return writer;
    }

    @Override
    public long size() {
      return writer.written();
    }

    @Override
    public Hash digest() {
      return digest.finish();
    }

    @Override
    public void close() {
      digest.close();
    }
  }

  /** The most references that are zeroed in one object: a table of some megabytes. */
  private static final int MAX_REWRITES = 1 << 20;

  /** What a link in a folder takes besides its name, about. */
  private static final int LINK_BYTES = 45;

  private final List<StorePath> candidates;
  private final HashZeroer zeroer;
  private final UnixFsWriter blocks;
  private final Block.Sink sink;
  private final PieceDigests digests;
  private final NarWriter nar;
  private final NarSum sum;
  private final SortedMap<String, Rewrites> rewrites = new TreeMap<>();
  private int left = MAX_REWRITES;

  /**
   * @param candidates the paths that are looked for, its own among them
   * @param zeroing whether they are zeroed, or only looked for
   * @param extra gets the NAR's bytes as well
   */
  TreeImport(
      Collection<StorePath> candidates,
      boolean zeroing,
      Block.Sink sink,
      PieceDigests digests,
      NarWriter.Sink extra) {
    this(candidates, zeroing, sink, digests, new WrittenNar(digests, extra));
  }

  /**
   * The same for a tree whose NAR is there.
   *
   * @param nar is told the tree, asked when it was read, and closed
   */
  TreeImport(
      Collection<StorePath> candidates,
      boolean zeroing,
      Block.Sink sink,
      PieceDigests digests,
      NarSum nar) {
    this.candidates = List.copyOf(new TreeSet<>(candidates));
    HashFinder finder = new HashFinder(this.candidates.stream().map(StorePath::hashPart).toList());
    this.zeroer = new HashZeroer(finder, zeroing, UnixFsWriter.CHUNK);
    this.sink = sink;
    this.blocks = new UnixFsWriter(sink);
    this.digests = digests;
    this.nar = nar.writer();
    this.sum = nar;
  }

  /** Reads the tree. */
  Result run(FileTree tree) throws IOException {
    try (sum) {
      nar.begin();
      UnixFsWriter.Written root = node(tree, "");
      BitSet seen = zeroer.seen();
      SortedSet<StorePath> found = new TreeSet<>();
      seen.stream().forEach(i -> found.add(candidates.get(i)));
      long size = sum.size();
      return new Result(root.cid(), sum.digest(), size, found, rewrites, candidates);
    }
  }

  private UnixFsWriter.Written node(FileTree node, String path) throws IOException {
    return switch (node) {
      case FileTree.Regular file -> file(file, path);
      case FileTree.Symlink link -> link(link.target(), path);
      case FileTree.Directory folder -> folder(folder, path);
    };
  }

  private UnixFsWriter.Written file(FileTree.Regular file, String path) throws IOException {
    nar.beginFile(file.executable(), file.size());
    UnixFsWriter.FileWriter writer = blocks.file(file.executable());
    long length = 0;
    try (InputStream in = file.open();
        FileChunks chunks = new FileChunks(writer, sink, digests, file.size())) {
      zeroer.begin(in, file.size(), nar::content, left, (n, b) -> pays(path, n, b));
      for (ByteBuffer block; (block = zeroer.next()).hasRemaining(); ) {
        length += block.remaining();
        chunks.put(block);
      }
      chunks.finish();
    }
    if (length != file.size()) {
      throw new IOException("a file changed its length while it was read");
    }
    nar.endFile(length);
    keep(path, zeroer.rewrites());
    return writer.finish();
  }

  private UnixFsWriter.Written link(String target, String path) throws IOException {
    nar.symlink(target);
    byte[] bytes = Octets.bytes(target);
    zeroer.begin(
        new ByteArrayInputStream(bytes),
        bytes.length,
        (d, o, n) -> {},
        left,
        (n, b) -> pays(path, n, b));
    byte[] zeroed = new byte[bytes.length];
    zeroer.next().get(zeroed);
    String stored = Octets.of(zeroed);
    keep(path, zeroer.rewrites());
    return blocks.symlink(stored);
  }

  private UnixFsWriter.Written folder(FileTree.Directory folder, String path) throws IOException {
    nar.beginDirectory();
    List<UnixFsWriter.Child> children = new ArrayList<>();
    for (FileTree.Entry entry : folder.entries()) {
      nar.beginEntry(entry.name());
      zeroer.scanText(Octets.bytes(entry.name()));
      String child = path.isEmpty() ? entry.name() : path + "/" + entry.name();
      children.add(new UnixFsWriter.Child(entry.name(), node(entry.node(), child)));
      nar.endEntry();
    }
    nar.endDirectory();
    return blocks.directory(children);
  }

  /** About five bytes an occurrence, and the path with its framing. */
  private static boolean pays(String path, int occurrences, int bytes) {
    long depth = path.isEmpty() ? 0 : path.chars().filter(c -> c == '/').count() + 1;
    long entry = path.length() + 5 + 5L * occurrences;
    return entry < bytes + depth * LINK_BYTES;
  }

  private void keep(String path, Rewrites found) {
    if (found.count() > 0) {
      rewrites.put(path, found);
      left -= found.count();
    }
  }
}
