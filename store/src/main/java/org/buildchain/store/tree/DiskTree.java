package org.buildchain.store.tree;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;

/** Trees on the disk, read as they stand. */
public final class DiskTree {
  private DiskTree() {}

  /**
   * The tree at {@code path}, an octet string; a link at the top is the tree itself.
   *
   * @throws FileSystemException if something that no store holds (a device, a FIFO, a socket)
   *     stands there; for those within, when their folder is listed
   */
  public static FileTree of(String path) throws IOException {
    FileStatus status = Posix.status(path);
    return switch (status.type()) {
      case REGULAR -> new DiskFile(path, status.size(), (status.mode() & 0100) != 0);
      case DIRECTORY -> new DiskFolder(path);
      case SYMLINK -> new DiskLink(path);
      case OTHER -> throw new FileSystemException(path, null, "has an unsupported type");
    };
  }

  private record DiskFolder(String path) implements FileTree.Directory {
    @Override
    public List<Entry> entries() throws IOException {
      List<Posix.Entry> listed = new ArrayList<>(Posix.list(path));
      listed.sort(Comparator.comparing(Posix.Entry::name));
      List<Entry> entries = new ArrayList<>(listed.size());
      for (Posix.Entry e : listed) {
        String child = path.endsWith("/") ? path + e.name() : path + "/" + e.name();
        entries.add(
            new Entry(
                e.name(),
                switch (e.type()) {
                  case DIRECTORY -> new DiskFolder(child);
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
