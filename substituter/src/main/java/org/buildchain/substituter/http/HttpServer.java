package org.buildchain.substituter.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.buildchain.substituter.net.Stalls;

/**
 * Serves HTTP/1.0 and 1.1, with TLS or without. Clients are anybody: one that sends nothing for the
 * server's time, or not all of a request's head within it, or stops giving or taking, is cut off;
 * heads are at most 32 KiB long; no request's body is held in memory.
 */
public final class HttpServer implements AutoCloseable {
  private static final int BACKLOG = 512;
  private static final Duration PAUSE = Duration.ofMillis(50);

  /**
   * So many connections at a time have threads of the system's, which the kernel wakes itself;
   * others have virtual ones. A client that waits for each answer before it asks for the next has
   * it in half the time.
   */
  private static final int THREADS = 64;

  /** Answers requests. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers one, in the connection's thread. Unless the answer has been begun, and its body
     * closed, when this returns, the connection is closed, and likewise when it throws.
     */
    void handle(Request request, Response response) throws IOException;

    /**
     * Is told of a client whose certificate TLS does not take: it learns only that.
     *
     * @param why for a person
     */
    default void refused(InetAddress from, String why) {}
  }

  /**
   * How it serves.
   *
   * @param address where to listen; port 0 takes a free one
   * @param tls for HTTPS; without it HTTP is spoken
   * @param certificates whether clients are asked for one
   * @param connections at a time at most: more are closed at once; from half of them on a
   *     connection is closed after an answer, in place of being kept for the next request
   * @param patience for the head of a request to come, for a connection to be idle, and for each
   *     reading and writing
   */
  public record Options(
      InetSocketAddress address,
      Optional<SSLContext> tls,
      boolean certificates,
      int connections,
      Duration patience) {}

  private final Options options;
  private final Handler handler;
  private final Stalls stalls;
  private final ServerSocketChannel listener;
  private final Semaphore places;
  private final ExecutorService placed =
      Executors.newThreadPerTaskExecutor(
          Thread.ofPlatform().daemon().name("bc-http-client-", 0).factory());

  private final ExecutorService others =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("bc-http-", 0).factory());

  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final LongAdder refused = new LongAdder();

  /**
   * Begins to serve.
   *
   * @throws IOException if the address can't be listened at
   */
  public HttpServer(Options options, Handler handler) throws IOException {
    this(options, handler, THREADS);
  }

  /**
   * @param places connections that have threads of the system's
   */
  HttpServer(Options options, Handler handler, int places) throws IOException {
    this.places = new Semaphore(places);
    this.options = options;
    this.handler = handler;
    this.listener = ServerSocketChannel.open();
    try {
      listener.bind(options.address(), BACKLOG);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    this.stalls = new Stalls(options.patience());
    Thread.ofPlatform().daemon().name("bc-http").start(this::accept);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.socket().getLocalSocketAddress();
  }

  /** How many connections are open. */
  public int connections() {
    return open.size();
  }

  /** How many were closed at once, since there were too many. */
  public long refused() {
    return refused.sum();
  }

  private void start(Runnable serving) {
    if (places.tryAcquire()) {
      try {
        placed.execute(
            () -> {
              try {
                serving.run();
              } finally {
                places.release();
              }
            });
        return;
      } catch (OutOfMemoryError e) {
        // The system gives no more threads.
        places.release();
      }
    }
    others.execute(serving);
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel channel = listener.accept();
        if (open.size() >= options.connections()) {
          refused.increment();
          channel.close();
        } else {
          open.add(channel);
          start(() -> serve(channel));
        }
      } catch (ClosedChannelException | RejectedExecutionException e) {
        return;
      } catch (IOException e) {
        // No more files can be open until somebody closes one.
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      // A piece that is not full must not wait for the client's word that it has the one before.
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      try (Wire wire = wire(channel)) {
        new Connection(wire, stalls, handler, this::isCrowded).serve();
      }
    } catch (SSLException e) {
      certificateProblem(e)
          .ifPresent(why -> handler.refused(channel.socket().getInetAddress(), why));
    } catch (IOException e) {
      // The client has gone, or was cut off; what went wrong here the handler has told.
    } finally {
      open.remove(channel);
    }
  }

  /** What is wrong with the client's certificate, if that is it. */
  private static Optional<String> certificateProblem(SSLException problem) {
    boolean found = false;
    Throwable last = problem;
    for (Throwable e = problem; e != null; e = e.getCause()) {
      found |= e instanceof CertificateException;
      last = e;
    }
    return found
        ? Optional.of("its certificate is not taken: " + last.getMessage())
        : Optional.empty();
  }

  private Wire wire(SocketChannel channel) throws IOException {
    return options.tls().isPresent()
        ? TlsWire.open(channel, options.tls().get(), options.certificates(), stalls)
        : new PlainWire(channel, stalls);
  }

  private boolean isCrowded() {
    return open.size() > options.connections() / 2;
  }

  /** Ends what is being sent, and the service. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // It does not listen any more in any case.
    }
    placed.shutdownNow();
    others.shutdownNow();
    open.forEach(PlainWire::abort);
    placed.close();
    others.close();
    stalls.close();
  }
}
