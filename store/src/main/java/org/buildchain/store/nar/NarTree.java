package org.buildchain.store.nar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.tree.FileTree;

/**
 * A NAR that streams in, as a tree that can be walked once, in its order: a folder's entries by
 * their iterator alone, each to its end before the next, each file's content read whole. Whoever
 * strays gets an {@link IllegalStateException}. Strict, and bounded in memory, as {@link NarReader}
 * is. Entries that can't be read give an {@link UncheckedIOException}.
 */
public final class NarTree {
  private final NarTokens in;
  private final String what;
  private final long most;
  private final Node root;
  private long declared;

  /** A node and how far it has been walked. */
  private sealed interface Node {
    boolean done();
  }

  /**
   * Reads as far as the root's type.
   *
   * @param what names the archive in errors
   * @param in best buffered; it is not closed
   * @throws FormatException where it is no NAR; so do all the tree's methods
   */
  public NarTree(String what, InputStream in) throws IOException {
    this(what, in, Long.MAX_VALUE);
  }

  /**
   * As the other, but for one that may be too large.
   *
   * @param most bytes of all files together; it is refused as soon as it declares more
   */
  public NarTree(String what, InputStream in, long most) throws IOException {
    this(what, new NarTokens(what, in), most);
  }

  /**
   * As the other, for one whose length is known.
   *
   * @param length in bytes; as many may be read from {@code in} even if it is shorter
   * @param taken gets the archive's bytes, and no others, in order; all of them when {@link
   *     #length} has been asked for
   */
  public NarTree(String what, InputStream in, long length, NarWriter.Sink taken)
      throws IOException {
    this(what, new NarTokens(what, in, length, taken), Long.MAX_VALUE);
  }

  private NarTree(String what, NarTokens in, long most) throws IOException {
    this.in = in;
    this.what = what;
    this.most = most;
    try {
      this.in.magic();
      this.root = node(0);
    } catch (EOFException e) {
      throw this.in.early();
    }
  }

  /** The root, to be walked once. */
  public FileTree root() {
    return (FileTree) root;
  }

  /** The archive's length, when it has been walked. */
  public long length() {
    if (!root.done()) {
      throw new IllegalStateException("the NAR has not been walked to its end");
    }
    in.finish();
    return in.offset();
  }

  private Node node(int depth) throws IOException {
    return switch (in.type()) {
      case "regular" -> new File(in.executable(), size());
      case "symlink" -> new Link(in.target());
      case "directory" -> {
        if (depth == NarReader.MAX_DEPTH) {
          throw in.tooDeep();
        }
        yield new Folder(depth);
      }
      case String other -> throw in.noType(other);
    };
  }

  private long size() throws IOException {
    long size = in.size();
    if (size > most - declared) {
      throw new FormatException(
          what,
          "it says that a file has " + size + " bytes, and there is room for " + (most - declared));
    }
    declared += size;
    return size;
  }

  private record Link(String target) implements Node, FileTree.Symlink {
    @Override
    public boolean done() {
      return true;
    }
  }

  private final class File extends InputStream implements Node, FileTree.Regular {
    private final boolean executable;
    private final long size;
    private long left;
    private boolean opened;
    private boolean done;

    File(boolean executable, long size) {
      this.executable = executable;
      this.size = size;
      this.left = size;
    }

    @Override
    public boolean done() {
      return done;
    }

    @Override
    public boolean executable() {
      return executable;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public InputStream open() throws IOException {
      if (opened) {
        throw new IllegalStateException("a NAR is walked once");
      }
      opened = true;
      finish();
      return this;
    }

    private void finish() throws IOException {
      if (left == 0) {
        try {
          in.padding(size);
          in.close();
        } catch (EOFException e) {
          throw in.early();
        }
        done = true;
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      if (left == 0 || length == 0) {
        return left == 0 ? -1 : 0;
      }
      int n;
      try {
        n = in.content(into, at, (int) Math.min(left, length));
      } catch (EOFException e) {
        throw in.early();
      }
      left -= n;
      finish();
      return n;
    }
  }

  private final class Folder implements Node, FileTree.Directory {
    private final int depth;
    private boolean listed;
    private boolean done;

    Folder(int depth) {
      this.depth = depth;
    }

    @Override
    public boolean done() {
      return done;
    }

    @Override
    public List<Entry> entries() {
      if (listed) {
        throw new IllegalStateException("a NAR is walked once");
      }
      listed = true;
      Iterator<Entry> entries = new Entries();
      return new AbstractList<>() {
        @Override
        public Iterator<Entry> iterator() {
          return entries;
        }

        @Override
        public Entry get(int index) {
          throw new IllegalStateException("a NAR is walked in its order");
        }

        @Override
        public int size() {
          throw new IllegalStateException("the number of entries is not known beforehand");
        }
      };
    }

    private final class Entries implements Iterator<Entry> {
      private String name = "";
      private Node last = new Link("");
      private boolean first = true;
      private boolean ahead;

      @Override
      public boolean hasNext() {
        if (ahead || done) {
          return ahead;
        }
        if (!last.done()) {
          throw new IllegalStateException("'" + name + "' has not been walked to its end");
        }
        try {
          if (!first) {
            in.close();
          }
          first = false;
          ahead = in.entry();
        } catch (EOFException e) {
          throw in.early();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        done = !ahead;
        return ahead;
      }

      @Override
      public Entry next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ahead = false;
        try {
          name = in.name(name);
          last = node(depth + 1);
        } catch (EOFException e) {
          throw in.early();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return new Entry(name, (FileTree) last);
      }
    }
  }
}
