package org.buildchain.store.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;

/**
 * An exclusive flock(2) on a file: other processes take one by {@code flock} of util-linux, shared
 * or not. Held until it is closed.
 */
public final class FileLock implements AutoCloseable {
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final long PAUSE_MILLIS = 5;

  private final int fd;

  private FileLock(int fd) {
    this.fd = fd;
  }

  /**
   * Takes the lock.
   *
   * @param path an octet string; an existing file, which is not followed if it is a link
   * @param patience how long whoever holds it is waited for
   * @throws IOException if it is held for longer
   */
  public static FileLock take(String path, Duration patience) throws IOException {
    int fd = Posix.openForReading(path);
    try {
      long end = System.nanoTime() + patience.toNanos();
      while (!tried(fd, path)) {
        if (System.nanoTime() - end > 0) {
          throw new IOException("another process holds '" + path + "' for too long");
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      return new FileLock(fd);
    } catch (InterruptedException e) {
      Posix.close(fd);
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while waiting for '" + path + "'");
    } catch (IOException | RuntimeException e) {
      Posix.close(fd);
      throw e;
    }
  }

  private static boolean tried(int fd, String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      var state = CFunction.state(arena);
      if ((int) LibC.FLOCK.call(state, fd, LOCK_EX | LOCK_NB) == 0) {
        return true;
      }
      int errno = CFunction.errno(state);
      if (errno != EAGAIN && errno != EINTR) {
        throw new IOException("cannot lock '" + path + "': error " + errno);
      }
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    Posix.close(fd);
  }
}
