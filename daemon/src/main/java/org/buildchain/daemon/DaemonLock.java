package org.buildchain.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second daemon away from a store. The kernel gives the lock up when the process ends. */
final class DaemonLock implements AutoCloseable {
  private final FileChannel channel;

  private DaemonLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws IOException if another process holds it, or the file cannot be written
   */
  static DaemonLock take(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new IOException("another daemon serves this store ('" + file + "' is locked)");
    }
    return new DaemonLock(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
