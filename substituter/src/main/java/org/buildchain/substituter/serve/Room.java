package org.buildchain.substituter.serve;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What a disk has room for besides what was promised to files that are being received: many that
 * come at a time could fill it together, though each would fit. Thread-safe.
 */
final class Room {
  private final FileStore disk;
  private long promised;

  /**
   * @param folder on the disk
   */
  Room(Path folder) throws IOException {
    this.disk = Files.getFileStore(folder);
  }

  /**
   * Keeps room for a file of so many bytes, and for what it holds to enter the store as well, until
   * it is used or closed; empty if there is not so much.
   */
  synchronized Optional<Promise> promise(long bytes) throws IOException {
    if (!wouldSuffice(bytes, 0)) {
      return Optional.empty();
    }
    promised += bytes;
    return Optional.of(new Promise(bytes));
  }

  /** The bytes of the largest file that there is room for; 0 if there is for none. */
  synchronized long left() throws IOException {
    return Math.max(0, disk.getUsableSpace() / 2 - promised);
  }

  /** How many bytes are free on the disk. */
  long free() throws IOException {
    return disk.getUsableSpace();
  }

  /** Whether there would be room for a file of so many bytes if {@code more} were free besides. */
  synchronized boolean wouldSuffice(long bytes, long more) throws IOException {
    return bytes <= (disk.getUsableSpace() + more) / 2 - promised;
  }

  private synchronized void giveBack(long bytes) {
    promised -= bytes;
  }

  /** Room that is kept for a file. Not thread-safe. */
  final class Promise implements AutoCloseable {
    private long left;

    private Promise(long bytes) {
      this.left = bytes;
    }

    /** So many bytes of the file were written. */
    void used(long bytes) {
      long now = Math.min(bytes, left);
      left -= now;
      giveBack(now);
    }

    @Override
    public void close() {
      used(left);
    }
  }

  /** Whether it says that the disk, or somebody's share of it, is full. */
  static boolean isLacking(Throwable problem) {
    for (Throwable e = problem; e != null; e = e.getCause()) {
      String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
      String said = reason == null ? "" : reason.toLowerCase(Locale.ROOT);
      if (said.endsWith("no space left on device") || said.endsWith("disk quota exceeded")) {
        return true;
      }
    }
    return false;
  }
}
