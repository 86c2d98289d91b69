package org.buildchain.substituter.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Gets files from web servers that speak HTTP/1.1 without TLS. Connections are kept for the next
 * question. Why not the JDK's client: {@code docs/decisions/pulling-in-steps.md}. Thread-safe.
 */
final class PlainHttp implements AutoCloseable {
  static final int PORT = 80;

  /**
   * So many connections are kept in all, and each for so long: servers close them in their turn.
   */
  private static final int MAX_KEPT = 64;

  private static final long KEPT_NANOS = Duration.ofSeconds(20).toNanos();

  private final int connectMillis;

  /** The one used last is the first. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private boolean closed;

  private record Server(String host, int port) {}

  private record Kept(Server server, HttpConnection connection, long since) {}

  /**
   * @param connect the time within which a connection must be made; zero for the system's patience
   */
  PlainHttp(Duration connect) {
    this.connectMillis = (int) Math.min(Integer.MAX_VALUE, connect.toMillis());
  }

  /**
   * Asks for a file. It takes as long as the server does; interrupting the thread ends that.
   *
   * @param uri with a host
   */
  HttpAnswer get(URI uri, Map<String, String> headers) throws IOException {
    Server server =
        new Server(
            uri.getHost().toLowerCase(Locale.ROOT), uri.getPort() == -1 ? PORT : uri.getPort());
    for (Optional<HttpConnection> old; (old = take(server)).isPresent(); ) {
      try {
        return old.get().get(uri, headers);
      } catch (HttpConnection.UnansweredException e) {
        // It was closed meanwhile, or just now: another tells.
      }
    }
    return new HttpConnection(connect(server), c -> keep(server, c)).get(uri, headers);
  }

  private SocketChannel connect(Server server) throws IOException {
    Optional<IOException> failure = Optional.empty();
    for (InetAddress address : InetAddress.getAllByName(server.host())) {
      SocketChannel channel = SocketChannel.open();
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.socket().connect(new InetSocketAddress(address, server.port()), connectMillis);
        return channel;
      } catch (IOException e) {
        channel.close();
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        failure = Optional.of(e);
      }
    }
    throw failure.orElseThrow();
  }

  private Optional<HttpConnection> take(Server server) {
    List<HttpConnection> old = new ArrayList<>();
    try {
      synchronized (this) {
        long now = System.nanoTime();
        while (!kept.isEmpty() && now - kept.getLast().since() > KEPT_NANOS) {
          old.add(kept.removeLast().connection());
        }
        Optional<Kept> found = kept.stream().filter(k -> k.server().equals(server)).findFirst();
        found.ifPresent(kept::remove);
        return found.map(Kept::connection);
      }
    } finally {
      old.forEach(PlainHttp::end);
    }
  }

  private void keep(Server server, HttpConnection connection) {
    Optional<HttpConnection> surplus = Optional.empty();
    synchronized (this) {
      if (closed || !connection.isQuiet()) {
        surplus = Optional.of(connection);
      } else {
        kept.addFirst(new Kept(server, connection, System.nanoTime()));
        if (kept.size() > MAX_KEPT) {
          surplus = Optional.of(kept.removeLast().connection());
        }
      }
    }
    surplus.ifPresent(PlainHttp::end);
  }

  private static void end(HttpConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends what nobody uses. */
  @Override
  public void close() {
    List<Kept> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(kept);
      kept.clear();
    }
    all.forEach(k -> end(k.connection()));
  }
}
