package org.buildchain.fuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Entry;
import org.buildchain.fuse.FileSystemView.Kind;
import org.buildchain.fuse.FileSystemView.Node;
import org.buildchain.fuse.FileSystemView.Regular;
import org.buildchain.fuse.FileSystemView.Symlink;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.RandomAccessTree;

/** Nodes of a view that are those of a tree of the store. */
final class TreeNodes {
  private TreeNodes() {}

  /** The node for a tree; those below it are numbered after {@code inode}. */
  static Node of(FileTree tree, long inode) {
    return switch (tree) {
      case RandomAccessTree.Directory directory -> new Folder(inode, directory);
      case RandomAccessTree.Regular file -> new File(inode, file);
      case FileTree.Symlink link -> new Link(inode, link);
      default -> throw new IllegalArgumentException("not a tree of a store: " + tree);
    };
  }

  /**
   * A number for the child of this name: the same each time, and different from others' but by an
   * accident of one in 2^62. (SplitMix64's finaliser over a polynomial of the name's bytes.) It is
   * positive and at least 16, as it serves as a place in a listing too.
   */
  static long inode(long parent, String name) {
    long h = parent * 0x9e3779b97f4a7c15L + 0x632be59bd9b4e019L;
    for (int i = 0; i < name.length(); i++) {
      h = h * 0x100000001b3L + name.charAt(i) + 1;
    }
    h = (h ^ (h >>> 30)) * 0xbf58476d1ce4e5b9L;
    h = (h ^ (h >>> 27)) * 0x94d049bb133111ebL;
    h ^= h >>> 31;
    return Math.max(h >>> 2, 16);
  }

  private record Folder(long inode, RandomAccessTree.Directory tree) implements Directory {
    @Override
    public Optional<Node> lookup(String name) throws IOException {
      Optional<FileTree> child = tree.child(name);
      return child.isEmpty()
          ? Optional.empty()
          : Optional.of(of(child.get(), TreeNodes.inode(inode, name)));
    }

    @Override
    public List<Entry> list() throws IOException {
      return tree.children().stream().map(this::entry).toList();
    }

    private Entry entry(RandomAccessTree.Child child) {
      long number = TreeNodes.inode(inode, child.name());
      return new Entry(
          child.name(),
          child.isRegular() ? Kind.REGULAR : Kind.UNKNOWN,
          number,
          () -> Optional.of(of(child.open(), number)));
    }
  }

  private record File(long inode, RandomAccessTree.Regular tree) implements Regular {
    @Override
    public long size() {
      return tree.size();
    }

    @Override
    public boolean executable() {
      return tree.executable();
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      return tree.read(offset, into);
    }

    @Override
    public void prepare(long offset, long length) throws IOException {
      tree.prepare(offset, length);
    }

    @Override
    public Optional<Block.Lent> lend(long offset, int length) throws IOException {
      return tree.lend(offset, length);
    }
  }

  private record Link(long inode, FileTree.Symlink tree) implements Symlink {
    @Override
    public String target() throws IOException {
      return tree.target();
    }
  }
}
