package org.buildchain.substituter.serve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.buildchain.substituter.http.HttpServer;
import org.buildchain.substituter.http.Request;
import org.buildchain.substituter.http.Response;

/**
 * Tells who watches over a cache how it does, at an address of its own, by HTTP: {@code /health}
 * and {@code /metrics}. There are figures, and no name of a path or of a user. Still they tell what
 * a team does, and when: those who fetch from the cache need not know.
 */
public final class Monitor implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CONNECTIONS = 32;

  private final CacheServer cache;
  private final Optional<Instant> expiry;
  private final Instant begun = Instant.now();
  private final HttpServer server;

  /**
   * Begins to answer.
   *
   * @param address port 0 takes a free one
   * @param expiry until when the cache's certificate counts
   * @throws IOException if the address can't be listened at
   */
  public Monitor(InetSocketAddress address, CacheServer cache, Optional<Instant> expiry)
      throws IOException {
    this.cache = cache;
    this.expiry = expiry;
    this.server =
        new HttpServer(
            new HttpServer.Options(address, Optional.empty(), false, CONNECTIONS, PATIENCE),
            this::handle);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.address();
  }

  private void handle(Request request, Response response) throws IOException {
    Exchange exchange = new Exchange(request, response);
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      exchange.send(Answer.message(405, "there is nothing to change").with("Allow", "GET, HEAD"));
      return;
    }
    switch (request.path()) {
      case "/health" -> exchange.send(cache.health());
      case "/metrics" -> exchange.send(Answer.text(MetricsText.TYPE, metrics()));
      default -> exchange.send(Answer.missing("'" + request.path() + "'"));
    }
  }

  private String metrics() throws IOException {
    MetricsText text = new MetricsText();
    text.gauge("bc_serve_start_time_seconds", "When it began to serve, since 1970.")
        .add(begun.getEpochSecond());
    expiry.ifPresent(
        e ->
            text.gauge(
                    "bc_serve_certificate_expiry_timestamp_seconds",
                    "Until when its TLS certificates count, since 1970.")
                .add(e.getEpochSecond()));
    cache.write(text);
    return text.toString();
  }

  @Override
  public void close() {
    server.close();
  }
}
