package org.buildchain.substituter.net;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends transfers to and from peers that give or take nothing any more: each holds a thread, memory,
 * and what it uses of the store. A thread that waits too long is interrupted, which ends its
 * reading or writing. Thread-safe.
 */
public final class Stalls implements AutoCloseable {
  private final long patience;
  private final Set<Waiting> watched = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("bc-stalls").factory());

  /**
   * @param patience the time within which each reading and writing must end
   */
  public Stalls(Duration patience) {
    this.patience = patience.toNanos();
    long turn = Math.max(1, patience.toMillis() / 4);
    timer.scheduleWithFixedDelay(this::look, turn, turn, TimeUnit.MILLISECONDS);
  }

  /** Something that may wait for the peer. */
  @FunctionalInterface
  public interface Waits<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** The peer has given or taken nothing for too long. */
  public static final class StalledException extends IOException {
    private static final long serialVersionUID = 1;

    StalledException(Throwable cause) {
      super("the other side has stalled", cause);
    }
  }

  /**
   * Does it, within the time.
   *
   * @throws StalledException if it took longer, and was ended
   */
  public <T> T during(Waits<T> waits) throws IOException {
    Thread thread = Thread.currentThread();
    return during(waits, thread::interrupt);
  }

  /**
   * The same for what an interrupt would end the wrong way.
   *
   * @param cut ends it from another thread
   */
  public <T> T during(Waits<T> waits, Runnable cut) throws IOException {
    Waiting waiting = new Waiting(cut, System.nanoTime());
    watched.add(waiting);
    try {
      T value = waits.run();
      watched.remove(waiting);
      waiting.end();
      return value;
    } catch (IOException | RuntimeException e) {
      watched.remove(waiting);
      if (waiting.end()) {
        throw new StalledException(e);
      }
      throw e;
    }
  }

  /** A thread's time for something; the thread is interrupted when it is over. */
  public interface Limit extends AutoCloseable {
    /** Ends the time, by the thread that it is for. Does nothing when it has ended already. */
    @Override
    void close();
  }

  /** Gives the calling thread the time for what is not one reading or writing alone. */
  public Limit limit() {
    Thread thread = Thread.currentThread();
    Waiting waiting = new Waiting(thread::interrupt, System.nanoTime());
    watched.add(waiting);
    return () -> {
      if (watched.remove(waiting)) {
        waiting.end();
      }
    };
  }

  private void within(Acts acts) throws IOException {
    during(
        () -> {
          acts.run();
          return true;
        });
  }

  private interface Acts {
    void run() throws IOException;
  }

  /** The same stream, each of its readings within the time. */
  public InputStream watch(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        return during(in::read);
      }

      @Override
      public int read(byte[] into, int at, int length) throws IOException {
        return during(() -> in.read(into, at, length));
      }
    };
  }

  /** The same stream, each of its writes within the time. */
  public OutputStream watch(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int b) throws IOException {
        within(() -> out.write(b));
      }

      @Override
      public void write(byte[] data, int offset, int length) throws IOException {
        within(() -> out.write(data, offset, length));
      }

      @Override
      public void close() throws IOException {
        within(out::close);
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
    private final Runnable cut;
    private final long since;
    private boolean over;
    private boolean wasCut;

    Waiting(Runnable cut, long since) {
      this.cut = cut;
      this.since = since;
    }

    /** Never when the sending is over: the thread does something else then. */
    synchronized void look(long now) {
      if (!over && now - since > patience) {
        wasCut = true;
        cut.run();
      }
    }

    /** Whether it was ended; then the thread is as if it had not been interrupted. */
    synchronized boolean end() {
      over = true;
      if (wasCut) {
        Thread.interrupted();
      }
      return wasCut;
    }
  }
}
