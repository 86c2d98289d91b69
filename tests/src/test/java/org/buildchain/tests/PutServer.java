package org.buildchain.tests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** A web server, the JDK's, that keeps in memory what is put there by who has the password. */
final class PutServer implements AutoCloseable {
  /** {@code nix:secret} in base 64. */
  private static final String AUTHORIZATION = "Basic bml4OnNlY3JldA==";

  static final String NETRC = "machine 127.0.0.1 login nix password secret\n";

  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final HttpServer server;

  PutServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String name = exchange.getRequestURI().getPath();
      Optional<byte[]> file = Optional.ofNullable(files.get(name));
      boolean known = AUTHORIZATION.equals(exchange.getRequestHeaders().getFirst("Authorization"));
      switch (exchange.getRequestMethod()) {
        case "PUT" -> {
          byte[] content = exchange.getRequestBody().readAllBytes();
          if (known) {
            files.put(name, content);
          }
          exchange.sendResponseHeaders(known ? 201 : 401, -1);
        }
        case "HEAD" -> exchange.sendResponseHeaders(file.isPresent() ? 200 : 404, -1);
        default -> {
          exchange.sendResponseHeaders(file.isPresent() ? 200 : 404, file.isPresent() ? 0 : -1);
          if (file.isPresent()) {
            exchange.getResponseBody().write(file.get());
          }
        }
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
