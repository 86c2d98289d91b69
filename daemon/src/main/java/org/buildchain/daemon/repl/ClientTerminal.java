package org.buildchain.daemon.repl;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jline.terminal.impl.ExternalTerminal;
import org.jline.utils.NonBlockingInputStream;

/**
 * The terminal at the client. Ctrl-C drops what was typed before it and nothing that is typed
 * after, as a terminal of the kernel's does.
 */
final class ClientTerminal extends ExternalTerminal {
  /** So long keys wait at most until the line that was interrupted is given up. */
  private static final long PATIENCE_SECONDS = 2;

  private final ReentrantLock lock;
  private final Condition ended;

  /** Which line is read; 0 if none is. */
  private long line;

  private long lines;

  /**
   * @param type as in {@code TERM}
   */
  ClientTerminal(String type, InputStream keys, OutputStream screen) throws IOException {
    // The thread that passes keys on begins in the constructor above.
    ReentrantLock own = new ReentrantLock();
    lock = own;
    ended = own.newCondition();
    super("bc", type, keys, screen, StandardCharsets.UTF_8);
  }

  /** Says that another line is read from here on. */
  void begin() {
    lock.lock();
    try {
      line = ++lines;
    } finally {
      lock.unlock();
    }
  }

  /** Says that no line is read any more. */
  void end() {
    lock.lock();
    try {
      line = 0;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The thread that passes keys on calls this, and so waits before it passes on the next. */
  @Override
  public void raise(Signal signal) {
    lock.lock();
    try {
      long interrupted = line;
      if (signal == Signal.INT) {
        drop();
      }
      super.raise(signal);
      long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (signal == Signal.INT && interrupted != 0 && interrupted == line && left > 0) {
        left = ended.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void drop() {
    try {
      while (input().available() > 0) {
        int unused = ((NonBlockingInputStream) input()).read(1);
      }
    } catch (IOException e) {
      // There is nothing to be read.
    }
  }
}
