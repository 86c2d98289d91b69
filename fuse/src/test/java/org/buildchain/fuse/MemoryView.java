package org.buildchain.fuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A view that is built up in memory. Names and targets are octet strings. */
final class MemoryView implements FileSystemView {
  private final AtomicLong inodes = new AtomicLong(100);
  private final AtomicLong version = new AtomicLong();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  final Folder root = new Folder(1);

  /** How many entries of listings were opened. */
  final AtomicLong opened = new AtomicLong();

  /** Has {@code listener} run after each change. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private void change() {
    version.incrementAndGet();
    listeners.forEach(Runnable::run);
  }

  @Override
  public Directory root() {
    return root;
  }

  @Override
  public long version() {
    return version.get();
  }

  final class Folder implements Directory {
    private final long inode;
    private final Map<String, Node> children = new ConcurrentSkipListMap<>();

    Folder(long inode) {
      this.inode = inode;
    }

    private void put(String name, Node node) {
      children.put(name, node);
      change();
    }

    void remove(String name) {
      children.remove(name);
      change();
    }

    @Override
    public long inode() {
      return inode;
    }

    @Override
    public Optional<Node> lookup(String name) {
      return Optional.ofNullable(children.get(name));
    }

    @Override
    public List<Entry> list() {
      List<Entry> entries = new ArrayList<>();
      children.forEach(
          (name, node) -> entries.add(new Entry(name, kind(node), node.inode(), () -> open(node))));
      return entries;
    }

    private Optional<Node> open(Node node) {
      opened.incrementAndGet();
      return Optional.of(node);
    }

    Folder folder(String name) {
      Folder folder = new Folder(inodes.incrementAndGet());
      put(name, folder);
      return folder;
    }

    void file(String name, byte[] content, boolean executable) {
      put(name, new File(inodes.incrementAndGet(), content, executable));
    }

    void link(String name, String target) {
      put(name, new Link(inodes.incrementAndGet(), target));
    }

    /** A file of one octet: who reads it is counted, and waits. */
    void waiting(String name, CountDownLatch readers, CountDownLatch until) {
      put(name, new Waiting(inodes.incrementAndGet(), readers, until));
    }

    /** A file of this length that cannot be read, as where a block is damaged. */
    void broken(String name, int size) {
      put(name, new Broken(inodes.incrementAndGet(), size));
    }
  }

  private static Kind kind(Node node) {
    return switch (node) {
      case Directory _ -> Kind.DIRECTORY;
      case Regular _ -> Kind.REGULAR;
      case Symlink _ -> Kind.SYMLINK;
    };
  }

  private record File(long inode, byte[] content, boolean executable) implements Regular {
    @Override
    public long size() {
      return content.length;
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      int length = Math.clamp(content.length - offset, 0, into.remaining());
      if (length > 0) {
        into.put(content, (int) offset, length);
      }
      return length;
    }
  }

  private record Broken(long inode, long size) implements Regular {
    @Override
    public boolean executable() {
      return false;
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      throw new IOException("block is damaged (this is the test's intent)");
    }
  }

  private record Waiting(long inode, CountDownLatch readers, CountDownLatch until)
      implements Regular {
    @Override
    public boolean executable() {
      return false;
    }

    @Override
    public long size() {
      return 1;
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      readers.countDown();
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      into.put((byte) 'x');
      return 1;
    }
  }

  private record Link(long inode, String target) implements Symlink {}
}
