package org.buildchain.chain.validator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Stands before anvil, and answers for a transaction only once it is in a block: anvil gives its
 * hash at once and makes the block some time after, so that what a test looks at next would depend
 * on how busy the machine is. Where blocks are made by the test alone it waits for nothing.
 */
final class SettledChain implements AutoCloseable {
  /** Looks for a receipt; what never gets into a block, for a gap before it, is not waited for. */
  private static final int LOOKS = 2000;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final URI node;
  private final HttpServer server;

  SettledChain(URI node) throws IOException {
    this.node = node;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Thread::startVirtualThread);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] question = exchange.getRequestBody().readAllBytes();
      byte[] answer = ask(question);
      String method = json.readTree(question).path("method").asString("");
      JsonNode result = json.readTree(answer).path("result");
      if (method.startsWith("eth_send") && result.isString()) {
        settle(result.asString());
      }
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void settle(String transaction) throws IOException, InterruptedException {
    boolean automatic = ask("anvil_getAutomine", "").asBoolean();
    for (int i = 0; automatic && i < LOOKS; i++) {
      if (ask("eth_getTransactionReceipt", '"' + transaction + '"').isObject()) {
        return;
      }
    }
  }

  private JsonNode ask(String method, String parameter) throws IOException, InterruptedException {
    String question =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}"
            .formatted(method, parameter);
    return json.readTree(ask(question.getBytes(StandardCharsets.UTF_8))).path("result");
  }

  private byte[] ask(byte[] question) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(node)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(question))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  @Override
  public void close() {
    server.stop(0);
    http.close();
  }
}
