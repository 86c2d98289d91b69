package org.buildchain.substituter.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.RandomAccessTree;

/** A part of a tree's NAR. Of files before and behind it nothing is read. */
final class NarSlice {
  private static final int BUFFER = 1 << 18;

  private final long from;
  private final long to;
  private final OutputStream out;
  private final NarWriter nar;
  private final Optional<Block.FileSink> files;
  private byte[] buffer = new byte[0];

  private NarSlice(long from, long to, OutputStream out, Optional<Block.FileSink> files) {
    this.from = from;
    this.to = to;
    this.out = out;
    this.files = files;
    this.nar = new NarWriter(this::put);
  }

  /**
   * Writes the bytes from {@code from} to before {@code to}.
   *
   * @param files takes, in place of {@code out}, what stands in a file of the store
   */
  static void write(
      FileTree tree, long from, long to, OutputStream out, Optional<Block.FileSink> files)
      throws IOException {
    NarSlice slice = new NarSlice(from, to, out, files);
    try {
      slice.nar.begin();
      slice.node(tree);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The writer has counted these bytes already. */
  private void put(byte[] data, int offset, int length) {
    long begin = nar.written() - length;
    int first = Math.clamp(from - begin, 0, length);
    int last = Math.clamp(to - begin, 0, length);
    if (first < last) {
      try {
        out.write(data, offset + first, last - first);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void node(FileTree tree) throws IOException {
    switch (tree) {
      case FileTree.Regular file -> file(file);
      case FileTree.Symlink link -> nar.symlink(link.target());
      case FileTree.Directory folder -> {
        nar.beginDirectory();
        for (FileTree.Entry entry : folder.entries()) {
          if (nar.written() >= to) {
            return;
          }
          nar.beginEntry(entry.name());
          node(entry.node());
          nar.endEntry();
        }
        nar.endDirectory();
      }
    }
  }

  private void file(FileTree.Regular file) throws IOException {
    long size = file.size();
    nar.beginFile(file.executable(), size);
    long first = Math.clamp(from - nar.written(), 0L, size);
    long last = Math.max(first, Math.clamp(to - nar.written(), 0L, size));
    nar.skip(first);
    if (file instanceof RandomAccessTree.Regular stored) {
      for (long at = first; at < last; ) {
        int sent = files.isPresent() ? stored.send(at, last - at, files.get()) : 0;
        nar.skip(sent);
        at += sent == 0 ? read(stored, at, last - at) : sent;
      }
    } else {
      try (InputStream in = file.open()) {
        in.skipNBytes(first);
        for (long at = first; at < last; ) {
          byte[] buffer = buffer(last - at);
          int n = in.read(buffer, 0, (int) Math.min(buffer.length, last - at));
          if (n < 0) {
            throw new IOException("a file ends too early");
          }
          nar.content(buffer, 0, n);
          at += n;
        }
      }
    }
    nar.skip(size - last);
    nar.endFile(size);
  }

  private int read(RandomAccessTree.Regular file, long at, long length) throws IOException {
    byte[] into = buffer(length);
    int n = file.read(at, ByteBuffer.wrap(into, 0, (int) Math.min(into.length, length)));
    if (n <= 0) {
      throw new IOException("a file ends too early");
    }
    nar.content(into, 0, n);
    return n;
  }

  /** Has room for so many bytes, or as many as are read at once. */
  private byte[] buffer(long length) {
    if (buffer.length < Math.min(length, BUFFER)) {
      buffer = new byte[(int) Math.min(length, BUFFER)];
    }
    return buffer;
  }
}
