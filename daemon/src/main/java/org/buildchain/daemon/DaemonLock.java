package org.buildchain.daemon;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Keeps a second daemon away from a store. The kernel gives the lock up when the process ends. */
final class DaemonLock implements AutoCloseable {
  /** How long a daemon that has stopped serving may take to end. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final long LOOK_MILLIS = 20;

  private final FileChannel channel;

  private DaemonLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock. Whoever holds it and no longer listens is about to end, and is waited for.
   *
   * @param socket where a daemon that holds the lock listens
   * @throws IOException if another daemon serves the store, or the file cannot be written
   */
  static DaemonLock take(Path file, Path socket) throws IOException, InterruptedException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (channel.tryLock() == null) {
        if (isListening(socket) || System.nanoTime() > end) {
          throw new IOException("another daemon serves this store ('" + file + "' is locked)");
        }
        Thread.sleep(LOOK_MILLIS);
      }
      return new DaemonLock(channel);
    } catch (IOException | InterruptedException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isListening(Path socket) {
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
