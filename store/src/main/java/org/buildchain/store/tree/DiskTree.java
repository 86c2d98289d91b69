package org.buildchain.store.tree;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;

/** Trees on the disk, read as they stand. */
public final class DiskTree {
  /**
   * How many folders may stand in each other. Whoever reads a tree does so folder by folder, and
   * has a stack that ends; a builder can make folders without end.
   */
  private static final int MAX_DEPTH = 512;

  private DiskTree() {}

  /**
   * The tree at {@code path}, an octet string; a link at the top is the tree itself.
   *
   * @throws IOException if something that no store holds (a device, a FIFO, a socket) stands there;
   *     for those within, when their folder is listed; folders within more than 512 others count
   *     among them
   */
  public static FileTree of(String path) throws IOException {
    FileStatus status = Posix.status(path);
    return switch (status.type()) {
      case REGULAR -> new DiskFile(path, status.size(), (status.mode() & 0100) != 0);
      case DIRECTORY -> new DiskFolder(path, 1);
      case SYMLINK -> new DiskLink(path);
      case OTHER -> throw new IOException("file '" + path + "' has an unsupported type");
    };
  }

  /** Decides which entries belong to a tree. */
  @FunctionalInterface
  public interface Selection {
    /** Whether what stands at {@code path} is taken; a folder that is not is not entered. */
    boolean takes(String path, FileStatus.Type type) throws IOException;
  }

  /**
   * The tree at {@code path} without what {@code selection} refuses. It is asked at once, for each
   * entry below {@code path} one time, and for those that no store holds too: they may be refused.
   *
   * @throws IOException if one is taken that no store holds
   */
  public static FileTree of(String path, Selection selection) throws IOException {
    FileTree tree = of(path);
    return tree instanceof DiskFolder ? selected(path, selection, 1) : tree;
  }

  private static FileTree selected(String folder, Selection selection, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw tooDeep(folder);
    }
    List<FileTree.Entry> taken = new ArrayList<>();
    for (Posix.Entry e : sorted(folder)) {
      String child = child(folder, e);
      FileStatus.Type type = e.type();
      // Some file systems don't say in the folder.
      if (type == FileStatus.Type.OTHER) {
        type = Posix.status(child).type();
      }
      if (selection.takes(child, type)) {
        taken.add(
            new FileTree.Entry(
                e.name(),
                type == FileStatus.Type.DIRECTORY
                    ? selected(child, selection, depth + 1)
                    : of(child)));
      }
    }
    return new SelectedFolder(List.copyOf(taken));
  }

  private static IOException tooDeep(String path) {
    return new IOException(
        "folders stand more than " + MAX_DEPTH + " deep in '" + path.substring(0, 200) + "…'");
  }

  private static List<Posix.Entry> sorted(String folder) throws IOException {
    List<Posix.Entry> listed = new ArrayList<>(Posix.list(folder));
    listed.sort(Comparator.comparing(Posix.Entry::name));
    return listed;
  }

  private static String child(String folder, Posix.Entry e) {
    return folder.endsWith("/") ? folder + e.name() : folder + "/" + e.name();
  }

  private record SelectedFolder(List<Entry> entries) implements FileTree.Directory {}

  private record DiskFolder(String path, int depth) implements FileTree.Directory {
    @Override
    public List<Entry> entries() throws IOException {
      if (depth > MAX_DEPTH) {
        throw tooDeep(path);
      }
      List<Posix.Entry> listed = sorted(path);
      List<Entry> entries = new ArrayList<>(listed.size());
      for (Posix.Entry e : listed) {
        String child = child(path, e);
        entries.add(
            new Entry(
                e.name(),
                switch (e.type()) {
                  case DIRECTORY -> new DiskFolder(child, depth + 1);
                  case SYMLINK -> new DiskLink(child);
                  case REGULAR, OTHER -> of(child);
                }));
      }
      return entries;
    }
  }

  private record DiskLink(String path) implements FileTree.Symlink {
    @Override
    public String target() throws IOException {
      return Posix.readLink(path);
    }
  }

  private record DiskFile(String path, long size, boolean executable) implements FileTree.Regular {
    @Override
    public InputStream open() throws IOException {
      return new ExactStream(Posix.openFile(path), path, size);
    }
  }

  /** Fails where the file has not the length that it had when it was looked at. */
  private static final class ExactStream extends FilterInputStream {
    private final String path;
    private long left;

    ExactStream(InputStream in, String path, long size) {
      super(in);
      this.path = path;
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0) {
        return -1;
      }
      int n = super.read(bytes, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new IOException("file '" + path + "' became shorter while it was read");
      }
      left -= n;
      return n;
    }
  }
}
