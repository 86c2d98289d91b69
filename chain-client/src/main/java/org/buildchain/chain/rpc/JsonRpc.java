package org.buildchain.chain.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls of JSON-RPC 2.0 over HTTP. The node is anybody: answers are bounded in length and time.
 * Thread-safe. Source: "JSON-RPC 2.0 Specification", jsonrpc.org.
 */
final class JsonRpc implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MAX_ANSWER = 32 << 20;

  private final URI url;
  private final HttpClient http;
  private final ObjectMapper json = new ObjectMapper();
  private final AtomicLong ids = new AtomicLong();

  JsonRpc(URI url) {
    this.url = url;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
  }

  /**
   * The result of a call; {@code null} of JSON where there is none.
   *
   * @param parameters as Jackson turns them into JSON
   * @throws NodeException if there is no answer, or it is an error
   */
  JsonNode call(String method, Object... parameters) {
    long id = ids.incrementAndGet();
    ObjectNode request = json.createObjectNode().put("jsonrpc", "2.0").put("id", id);
    request.put("method", method);
    ArrayNode given = request.putArray("params");
    for (Object parameter : parameters) {
      given.addPOJO(parameter);
    }
    JsonNode answer = send(method, json.writeValueAsString(request));
    if (answer.path("id").asLong(-1) != id) {
      throw NodeException.unreachable(url + " gave an answer to another question", null);
    }
    JsonNode error = answer.path("error");
    if (!error.isMissingNode() && !error.isNull()) {
      String message = error.path("message").asString("without a reason");
      JsonNode data = error.path("data");
      throw NodeException.refused(
          method + ": " + message, data.isString() ? data.asString("") : "");
    }
    return answer.path("result");
  }

  /** The client wraps the reason twice. */
  private static boolean isUnresolved(Throwable e) {
    return e instanceof UnresolvedAddressException
        || (e.getCause() != null && isUnresolved(e.getCause()));
  }

  /** Java says nothing more of a server that is not there. */
  private static String reason(IOException e) {
    return switch (e) {
      case ConnectException c when isUnresolved(c) -> "its host has no address";
      case ConnectException c when c.getMessage() == null -> "nobody answers there";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  private JsonNode send(String method, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        byte[] bytes = in.readNBytes(MAX_ANSWER + 1);
        if (bytes.length > MAX_ANSWER) {
          throw NodeException.unreachable(url + ": the answer to " + method + " is too long", null);
        }
        if (response.statusCode() != 200) {
          throw NodeException.unreachable(
              url + " answered " + method + " with status " + response.statusCode(), null);
        }
        return json.readTree(bytes);
      }
    } catch (IOException e) {
      throw NodeException.unreachable("cannot reach " + url + ": " + reason(e), e);
    } catch (JacksonException e) {
      throw NodeException.unreachable(url + " answered " + method + " with no JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NodeException.unreachable("interrupted while waiting for " + url, e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
