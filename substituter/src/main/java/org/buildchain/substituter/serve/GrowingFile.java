package org.buildchain.substituter.serve;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.buildchain.substituter.http.ResponseBody;

/**
 * A file that one thread writes while others read it. Those who have it open read on when it has
 * been removed.
 */
final class GrowingFile extends OutputStream implements Answer.Body {
  private final FileChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long length;
  private boolean whole;
  private Optional<IOException> failure = Optional.empty();
  private int users = 1;

  /** A new file, used once: by its writer. */
  GrowingFile(Path file) throws IOException {
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** A file that is whole, used once. */
  static GrowingFile whole(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    return new GrowingFile(channel, channel.size());
  }

  private GrowingFile(FileChannel channel, long length) {
    this.channel = channel;
    this.length = length;
    this.whole = true;
  }

  /** Counts a user in; false if it is closed already. */
  boolean use() {
    lock.lock();
    try {
      if (users == 0) {
        return false;
      }
      users++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Counts a user out; the last closes the file. */
  void release() throws IOException {
    lock.lock();
    try {
      if (--users > 0) {
        return;
      }
    } finally {
      lock.unlock();
    }
    channel.close();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] data, int offset, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(data, offset, count);
    long at = length;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    lock.lock();
    try {
      length = at;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Says that all is written, or why it will not be. */
  void end(Optional<IOException> problem) {
    lock.lock();
    try {
      failure = problem;
      whole = problem.isEmpty();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it is whole. */
  void awaitWhole() throws IOException {
    awaitMore(Long.MAX_VALUE);
  }

  @Override
  public long length() {
    lock.lock();
    try {
      return whole ? length : -1;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(long from, long to, ResponseBody out) throws IOException {
    for (long at = from; at < to; ) {
      long end = Math.min(to, awaitMore(at));
      if (end <= at) {
        return;
      }
      out.send(channel, at, end - at);
      at = end;
    }
  }

  /** Waits until there is more than {@code at}, or all; gives the length. */
  private long awaitMore(long at) throws IOException {
    lock.lock();
    try {
      while (length <= at && !whole) {
        if (failure.isPresent()) {
          throw new IOException("compressing failed: " + failure.get().getMessage(), failure.get());
        }
        changed.await();
      }
      return length;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      lock.unlock();
    }
  }
}
