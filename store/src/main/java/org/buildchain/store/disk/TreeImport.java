package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.hashrewrite.HashFinder;
import org.buildchain.hashrewrite.HashZeroer;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * One reading of a tree: its NAR is digested, references are looked for, its own hash part is
 * zeroed, and blocks are cut, all from the same bytes. For one tree and one thread.
 */
final class TreeImport {
  /**
   * What came of it.
   *
   * @param found those of the candidates that occur, the tree's own path among them if it does
   */
  record Result(
      Cid root,
      Hash narHash,
      long narSize,
      SortedSet<StorePath> found,
      SortedMap<String, Rewrites> selfReferences) {}

  private final List<StorePath> candidates;
  private final int self;
  private final HashZeroer zeroer;
  private final UnixFsWriter blocks;
  private final MessageDigest digest = HashAlgorithm.SHA256.newDigest();
  private final NarWriter nar;
  private final SortedMap<String, Rewrites> selfReferences = new TreeMap<>();

  /**
   * @param self the path whose hash part is zeroed, if any
   * @param candidates the paths that are looked for
   * @param extra gets the NAR's bytes as well
   */
  TreeImport(
      Optional<StorePath> self,
      Collection<StorePath> candidates,
      Block.Sink sink,
      NarWriter.Sink extra) {
    TreeSet<StorePath> all = new TreeSet<>(candidates);
    self.ifPresent(all::add);
    this.candidates = List.copyOf(all);
    this.self = self.map(this.candidates::indexOf).orElse(-1);
    HashFinder finder = new HashFinder(this.candidates.stream().map(StorePath::hashPart).toList());
    this.zeroer = new HashZeroer(finder, this.self, UnixFsWriter.CHUNK);
    this.blocks = new UnixFsWriter(sink);
    this.nar =
        new NarWriter(
            (data, offset, length) -> {
              digest.update(data, offset, length);
              extra.write(data, offset, length);
            });
  }

  /** Reads the tree. */
  Result run(FileTree tree) throws IOException {
    nar.begin();
    UnixFsWriter.Written root = node(tree, "");
    BitSet seen = zeroer.seen();
    SortedSet<StorePath> found = new TreeSet<>();
    seen.stream().forEach(i -> found.add(candidates.get(i)));
    return new Result(
        root.cid(),
        new Hash(HashAlgorithm.SHA256, digest.digest()),
        nar.written(),
        found,
        selfReferences);
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
    try (InputStream in = file.open()) {
      zeroer.begin(in, file.size(), nar::content);
      for (byte[] block; (block = zeroer.next()).length > 0; ) {
        writer.chunk(block);
        length += block.length;
      }
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
    zeroer.begin(new java.io.ByteArrayInputStream(bytes), bytes.length, (d, o, n) -> {});
    String stored = Octets.of(zeroer.next());
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

  private void keep(String path, Rewrites rewrites) {
    if (rewrites.count() > 0) {
      selfReferences.put(path, rewrites);
    }
  }
}
