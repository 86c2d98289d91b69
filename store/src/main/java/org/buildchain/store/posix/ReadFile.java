package org.buildchain.store.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A file open for reading at any place. Thread-safe; unlike a {@code FileChannel} it does not mind
 * that a reader is interrupted.
 */
public final class ReadFile implements AutoCloseable {
  private final int fd;
  private final String path;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private ReadFile(int fd, String path) {
    this.fd = fd;
    this.path = path;
  }

  /**
   * Opens a file; a link at the end of the path is not followed.
   *
   * @param path an octet string
   */
  public static ReadFile open(String path) throws IOException {
    return new ReadFile(Posix.openForReading(path), path);
  }

  /**
   * Reads bytes.
   *
   * @return how many: fewer than {@code length} only at the file's end; −1 if the file is closed
   */
  public int read(long offset, byte[] into, int at, int length) throws IOException {
    lock.readLock().lock();
    try (Arena arena = Arena.ofConfined()) {
      if (closed) {
        return -1;
      }
      MemorySegment buffer = arena.allocate(Math.max(1, length));
      MemorySegment state = CFunction.state(arena);
      int done = 0;
      while (done < length) {
        long n = Posix.readAt(state, fd, buffer, length - done, offset + done, path);
        if (n == 0) {
          break;
        }
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, at + done, (int) n);
        done += (int) n;
      }
      return done;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Likewise, filling memory outside the heap. */
  public int read(long offset, MemorySegment into) throws IOException {
    lock.readLock().lock();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = CFunction.state(arena);
      long done = 0;
      while (!closed && done < into.byteSize()) {
        long wanted = into.byteSize() - done;
        long n = Posix.readAt(state, fd, into.asSlice(done), wanted, offset + done, path);
        if (n == 0) {
          break;
        }
        done += n;
      }
      return closed ? -1 : (int) done;
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() throws IOException {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        Posix.close(fd);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
