package org.buildchain.substituter.serve;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends transfers to clients that take nothing any more: each holds a thread, memory, and the
 * collector back. A thread that waits too long in a write is interrupted, which closes its
 * connection.
 */
final class Stalls implements AutoCloseable {
  private final long patience;
  private final Set<Waiting> watched = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("bc-serve-stalls").factory());

  /**
   * @param patience the time within which a write must end
   */
  Stalls(Duration patience) {
    this.patience = patience.toNanos();
    long turn = Math.max(1, patience.toMillis() / 4);
    timer.scheduleWithFixedDelay(this::look, turn, turn, TimeUnit.MILLISECONDS);
  }

  /** Something that may wait for the client. */
  @FunctionalInterface
  interface Sending {
    void run() throws IOException;
  }

  /** Does it, within the time. */
  void during(Sending sending) throws IOException {
    Waiting waiting = new Waiting(Thread.currentThread(), System.nanoTime());
    watched.add(waiting);
    try {
      sending.run();
    } finally {
      watched.remove(waiting);
      waiting.end();
    }
  }

  /** The same stream, each of its writes within the time. */
  OutputStream watch(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int b) throws IOException {
        during(() -> out.write(b));
      }

      @Override
      public void write(byte[] data, int offset, int length) throws IOException {
        during(() -> out.write(data, offset, length));
      }

      @Override
      public void close() throws IOException {
        during(out::close);
      }
    };
  }

  private void look() {
    long now = System.nanoTime();
    watched.forEach(w -> w.look(now));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private final class Waiting {
    private final Thread thread;
    private final long since;
    private boolean over;

    Waiting(Thread thread, long since) {
      this.thread = thread;
      this.since = since;
    }

    /** Never when the sending is over: the thread does something else then. */
    synchronized void look(long now) {
      if (!over && now - since > patience) {
        thread.interrupt();
      }
    }

    synchronized void end() {
      over = true;
    }
  }
}
