package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsNode;
import org.buildchain.store.ipld.UnixFsReader;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.RandomAccessTree;

/** The tree of a store object, references restored wherever they stood. Thread-safe. */
final class StoredTree {
  private final StoreObject object;
  private final UnixFsReader reader;
  private final byte[][] hashes;

  StoredTree(StoreObject object, Block.Source source) {
    this.object = object;
    this.reader = new UnixFsReader(source);
    this.hashes =
        object.hashes().stream().map(p -> Octets.bytes(p.hashPart())).toArray(byte[][]::new);
  }

  /** The root. */
  FileTree root() throws IOException {
    return node(reader.open(object.root()), "");
  }

  private FileTree node(UnixFsNode node, String path) {
    return switch (node) {
      case UnixFsNode.File file -> new File(file, rewrites(path));
      case UnixFsNode.Directory folder -> new Folder(folder, path);
      case UnixFsNode.Symlink link -> new Link(restore(link.target(), rewrites(path)));
    };
  }

  private Rewrites rewrites(String path) {
    return object.rewrites().getOrDefault(path, Rewrites.NONE);
  }

  private String restore(String target, Rewrites rewrites) {
    if (rewrites.count() == 0) {
      return target;
    }
    byte[] bytes = Octets.bytes(target);
    rewrites.restore(hashes, 0, ByteBuffer.wrap(bytes), 0, bytes.length);
    return Octets.of(bytes);
  }

  private record Link(String target) implements FileTree.Symlink {}

  private final class Folder implements RandomAccessTree.Directory {
    private final UnixFsNode.Directory folder;
    private final String path;

    Folder(UnixFsNode.Directory folder, String path) {
      this.folder = folder;
      this.path = path;
    }

    private String below(String name) {
      return path.isEmpty() ? name : path + "/" + name;
    }

    @Override
    public List<Entry> entries() throws IOException {
      List<Entry> entries = new ArrayList<>();
      for (RandomAccessTree.Child child : children()) {
        entries.add(new Entry(child.name(), child.open()));
      }
      return entries;
    }

    @Override
    public List<RandomAccessTree.Child> children() throws IOException {
      List<RandomAccessTree.Child> children = new ArrayList<>();
      for (UnixFsNode.Directory.Child child : folder.children()) {
        children.add(new Unopened(this, child));
      }
      return children;
    }

    @Override
    public Optional<FileTree> child(String name) throws IOException {
      Optional<UnixFsNode.Directory.Child> child = folder.child(name);
      return child.isPresent() ? Optional.of(open(child.get())) : Optional.empty();
    }

    private FileTree open(UnixFsNode.Directory.Child child) throws IOException {
      return node(reader.open(child), below(child.name()));
    }
  }

  private record Unopened(Folder folder, UnixFsNode.Directory.Child child)
      implements RandomAccessTree.Child {
    @Override
    public String name() {
      return child.name();
    }

    @Override
    public boolean isRegular() {
      return child.cid().codec() == Cid.Codec.RAW;
    }

    @Override
    public FileTree open() throws IOException {
      return folder.open(child);
    }
  }

  private final class File implements RandomAccessTree.Regular {
    private final UnixFsNode.File file;
    private final Rewrites rewrites;

    File(UnixFsNode.File file, Rewrites rewrites) {
      this.file = file;
      this.rewrites = rewrites;
    }

    @Override
    public boolean executable() {
      return file.executable();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      int at = into.position();
      int n = file.read(offset, into);
      rewrites.restore(hashes, offset, into, at, n);
      return n;
    }

    @Override
    public void prepare(long offset, long length) throws IOException {
      file.prepare(offset, length);
    }

    @Override
    public Optional<Block.Lent> lend(long offset, int length) throws IOException {
      return rewrites.count() > 0 ? Optional.empty() : file.lend(offset, length);
    }

    @Override
    public int send(long offset, long length, Block.FileSink to) throws IOException {
      return file.send(offset, rewrites.untouched(offset, length), to);
    }

    @Override
    public InputStream open() {
      return new FileStream(this);
    }
  }

  private static final class FileStream extends InputStream {
    private final File file;
    private long position;

    FileStream(File file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int n = file.read(position, ByteBuffer.wrap(into, at, length));
      position += n;
      return n == 0 ? -1 : n;
    }
  }
}
