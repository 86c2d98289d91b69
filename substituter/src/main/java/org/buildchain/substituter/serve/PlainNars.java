package org.buildchain.substituter.serve;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.posix.FileStamp;
import org.buildchain.store.posix.Posix;
import org.buildchain.substituter.http.ResponseBody;

/**
 * NARs as they are. One that would be put together from small blocks again and again is made a file
 * when it is asked for the second time, which the kernel sends by itself. What counts are the
 * blocks: such a file may go at any time, and what it holds has the path's NAR hash, or is not
 * sent. Thread-safe.
 */
final class PlainNars {
  /** For less than this from small blocks a few are read; a file would cost as much. */
  private static final long LEAST = 64 << 10;

  /** A file is digested once by each process, before it is sent: nobody is to wait for that. */
  private static final long MOST = 256 << 20;

  private static final int BUFFER = 1 << 18;

  /** So many files, and NARs that were asked for once, are remembered: some megabytes. */
  private static final int MAX_KNOWN = 1 << 15;

  private final DiskStore store;
  private final KeptNars kept;
  private final Clock clock;
  private final long most;

  // Guarded by this. Of NARs asked for once, in that order, no more than could be kept: of a
  // closure that is larger nothing would be found again.
  private final Map<String, Long> askedOnce = new LinkedHashMap<>();
  private long askedBytes;
  private final LinkedHashMap<String, FileStamp> right = new LinkedHashMap<>(64, 0.75f, true);

  /**
   * @param kept has the files
   */
  PlainNars(DiskStore store, KeptNars kept, Clock clock) {
    this.store = store;
    this.kept = kept;
    this.clock = clock;
    this.most = Math.min(MOST, kept.maxBytes() / 8);
  }

  /** Writes a valid path's NAR, in a use of its own: whoever asked for it may leave before. */
  void writeWhole(PathInfo info, OutputStream out) throws IOException {
    try (Store.Use _ = store.use()) {
      NarSlice.write(store.openToSend(info.path()), 0, info.narSize(), out, Optional.empty());
    }
  }

  /**
   * Sends from {@code from} to before {@code to} of a valid path's NAR, in a use of the caller's.
   *
   * @param name of the NAR's file, for this hash alone
   * @param keep whether it may be kept as a file
   */
  void send(PathInfo info, String name, boolean keep, long from, long to, ResponseBody out)
      throws IOException {
    long size = info.narSize();
    boolean fits = keep && size >= LEAST && size <= most;
    Optional<GrowingFile> file = fits ? find(info, name) : Optional.empty();
    if (file.isPresent()) {
      try {
        file.get().write(from, to, out);
      } finally {
        file.get().release();
      }
      return;
    }
    Counted sink = new Counted(out);
    NarSlice.write(store.openToSend(info.path()), from, to, out, Optional.of(sink));
    boolean whole = from == 0 && to == size;
    boolean gathered = size - sink.count >= LEAST;
    if (fits && whole && gathered && isAskedAgain(name, size) && hasRoom(size)) {
      kept.make(name, Compression.NONE, made -> writeWhole(info, made));
    }
  }

  /** Counts what stands in files as it is. */
  private static final class Counted implements Block.FileSink {
    private final ResponseBody out;
    private long count;

    Counted(ResponseBody out) {
      this.out = out;
    }

    @Override
    public void send(FileChannel file, long position, long length) throws IOException {
      count += length;
      out.send(file, position, length);
    }
  }

  private synchronized boolean isAskedAgain(String name, long size) {
    if (askedOnce.remove(name) != null) {
      askedBytes -= size;
      return true;
    }
    askedOnce.put(name, size);
    askedBytes += size;
    var oldest = askedOnce.values().iterator();
    while (askedBytes > kept.maxBytes() || askedOnce.size() > MAX_KNOWN) {
      askedBytes -= oldest.next();
      oldest.remove();
    }
    return false;
  }

  /** Whether the disk has room for more than all that may be kept. */
  private boolean hasRoom(long size) {
    return kept.path("").toFile().getUsableSpace() - size > kept.maxBytes();
  }

  /** The NAR's file, if it is kept and right. The caller releases it. */
  private Optional<GrowingFile> find(PathInfo info, String name) throws IOException {
    Optional<GrowingFile> file = kept.find(name);
    if (file.isPresent() && !isRight(info, name)) {
      file.get().release();
      return Optional.empty();
    }
    return file;
  }

  private boolean isRight(PathInfo info, String name) {
    Path path = kept.path(name);
    try {
      FileStamp stamp = Posix.stamp(Octets.fromText(path.toString()), false);
      if (isKnown(name, stamp)) {
        return true;
      }
      if (!stamp.isSettled(clock)) {
        return false;
      }
      if (Arrays.equals(digest(path), info.narHash().bytes())) {
        know(name, stamp);
        return true;
      }
      kept.drop(name);
    } catch (IOException e) {
      // It was kept no longer, or can't be read: the blocks can.
    }
    return false;
  }

  private synchronized boolean isKnown(String name, FileStamp stamp) {
    return stamp.equals(right.get(name));
  }

  private synchronized void know(String name, FileStamp stamp) {
    right.put(name, stamp);
    if (right.size() > MAX_KNOWN) {
      right.remove(right.firstEntry().getKey());
    }
  }

  private static byte[] digest(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), HashAlgorithm.SHA256.newDigest())) {
      byte[] buffer = new byte[BUFFER];
      while (in.read(buffer) >= 0) {
        // All that is wanted is the digest.
      }
      return in.getMessageDigest().digest();
    }
  }
}
