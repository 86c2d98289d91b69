package org.buildchain.substituter.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that answers each question with the next of the bytes that a test gives it. */
@Timeout(60)
class WebClientTest {
  private static final String CLOSE = "close after this";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Deque<String> answers = new ArrayDeque<>();
  private final List<String> questions = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final Stalls stalls = new Stalls(PATIENCE);
  private ServerSocket server;
  private WebClient client;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    client =
        new WebClient(
            ProxySelector.of(null), Duration.ofSeconds(10), new Authorities(Optional.empty()));
    Thread.startVirtualThread(this::serve);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    stalls.close();
    server.close();
  }

  private void serve() {
    while (true) {
      try (Socket socket = server.accept()) {
        connections.incrementAndGet();
        answer(socket);
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  /** Closes behind an answer that says so, and when the client does. */
  private void answer(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    OutputStream out = socket.getOutputStream();
    for (String line; (line = in.readLine()) != null; ) {
      StringBuilder question = new StringBuilder();
      for (; line != null && !line.isEmpty(); line = in.readLine()) {
        question.append(line).append('\n');
      }
      questions.add(question.toString());
      asked.countDown();
      String answer = answers.isEmpty() ? "" : answers.remove();
      out.write(answer.replace(CLOSE, "").getBytes(StandardCharsets.ISO_8859_1));
      if (answer.contains(CLOSE)) {
        return;
      }
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
  }

  private String get(String path) throws Exception {
    HttpAnswer answer = client.get(uri(path), Map.of("X-A", "b"), PATIENCE, stalls);
    try (var body = answer.body()) {
      return answer.status()
          + " "
          + new String(body.readAllBytes(), StandardCharsets.ISO_8859_1)
          + answer.header("x-more");
    }
  }

  @Test
  void oneConnectionServesOneFileAfterTheOther() throws Exception {
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-More: m\r\n\r\nfirst");
    answers.add("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    answers.add(
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789"
            + "\r\n0\r\nTrailer: t\r\n\r\n");
    answers.add(
        "HTTP/1.1 103 Early Hints\r\nLink: l\r\n\r\nHTTP/1.1 206 P\nContent-Length:2\n\nok");
    assertEquals("200 firstm", get("/a?b=%20c"));
    assertEquals("404 ", get("/"));
    assertEquals("200 abc0123456789", get(""));
    assertEquals("206 ok", get("/d"));
    assertEquals(1, connections.get());
    String host = "Host: 127.0.0.1:" + server.getLocalPort() + "\nX-A: b\n";
    assertEquals("GET /a?b=%20c HTTP/1.1\n" + host, questions.get(0));
    assertEquals("GET / HTTP/1.1\n" + host, questions.get(2));
  }

  @Test
  void aShortAnswerThatNobodyReadsDoesNotEndTheConnection() throws Exception {
    answers.add("HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nnone");
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nsome");
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    client.get(uri("/"), Map.of(), PATIENCE, stalls).body().close();
    client.get(uri("/"), Map.of(), PATIENCE, stalls).body().close();
    assertEquals("200 ok", get("/"));
    assertEquals(2, connections.get());
  }

  @Test
  void theEndOfTheConnectionIsTheEndOfWhatHasNoLength() throws Exception {
    answers.add("HTTP/1.1 200 OK\r\n\r\nall of it" + CLOSE);
    answers.add("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1" + CLOSE);
    answers.add("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n2" + CLOSE);
    assertEquals("200 all of it", get("/"));
    assertEquals("200 1", get("/"));
    assertEquals("200 2", get("/"));
    assertEquals(3, connections.get());
  }

  @Test
  void aConnectionThatWasClosedBetweenTwoQuestionsIsMadeAgain() throws Exception {
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1" + CLOSE);
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
    assertEquals("200 1", get("/"));
    assertEquals("200 2", get("/"));
    assertEquals(2, connections.get());
  }

  /** What a second reader could take for another answer is not gone on from (RFC 9112, 6.3). */
  @Test
  void twoLengthsEndTheConnection() throws Exception {
    answers.add(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "1\r\na\r\n0\r\n\r\n");
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\n\r\nforged");
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
    assertEquals("200 a", get("/"));
    assertEquals("200 1", get("/"));
    assertEquals("200 2", get("/"));
    assertEquals(3, connections.get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 2xx OK\r\n\r\n",
        "220 mail.example ESMTP\r\n",
      })
  void whatIsNotHttpIsRefused(String answer) throws Exception {
    answers.add(answer + CLOSE);
    assertThrows(IOException.class, () -> get("/"));
  }

  @Test
  void aHeadThatDoesNotEndIsRefused() {
    String name = "x".repeat(1000) + ": y\r\n";
    answers.add("HTTP/1.1 200 OK\r\n" + name.repeat(70) + CLOSE);
    answers.add("HTTP/1.1 200 OK\r\n" + "x".repeat(70_000) + CLOSE);
    answers.add(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + name.repeat(70) + CLOSE);
    for (int i = 0; i < 3; i++) {
      IOException e = assertThrows(IOException.class, () -> get("/"));
      assertTrue(e.getMessage().contains("longer than 65536 bytes"), e.getMessage());
    }
  }

  @Test
  void aHeaderCannotHoldAnother() {
    IOException e =
        assertThrows(
            IOException.class,
            () -> client.get(uri("/"), Map.of("A", "b\r\nC: d"), PATIENCE, stalls));
    assertEquals("header 'A' has a value that can't be sent", e.getMessage());
  }

  @Test
  void whoeverIsInterruptedWaitsNoLonger() throws Exception {
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    get("/");
                  } catch (Exception e) {
                    end.set(e);
                  }
                });
    asked.await();
    thread.interrupt();
    thread.join();
    assertTrue(end.get() instanceof IOException, String.valueOf(end.get()));
  }

  @Test
  void aServerThatStallsIsLeft() {
    try (Stalls impatient = new Stalls(Duration.ofMillis(200))) {
      assertThrows(
          Stalls.StalledException.class,
          () -> client.get(uri("/"), Map.of(), Duration.ofMillis(200), impatient));
    }
    assertEquals(false, Thread.currentThread().isInterrupted());
  }

  @Test
  void aProxyIsAskedInstead() throws Exception {
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    try (WebClient through =
        new WebClient(
            ProxySelector.of(address), Duration.ZERO, new Authorities(Optional.empty()))) {
      HttpAnswer answer =
          through.get(URI.create("http://cache.invalid/x"), Map.of(), PATIENCE, stalls);
      try (var body = answer.body()) {
        assertEquals("proxy", new String(body.readAllBytes(), StandardCharsets.US_ASCII));
      }
    }
    assertTrue(questions.getFirst().startsWith("GET http://cache.invalid/x HTTP/1.1\n"));
  }

  @Test
  void nobodyListens() throws Exception {
    // Bound and never listening: nobody else can have the port, and no connection is ever taken.
    try (Socket bound = new Socket()) {
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      URI nobody = URI.create("http://127.0.0.1:" + bound.getLocalPort() + "/");
      IOException e =
          assertThrows(IOException.class, () -> client.get(nobody, Map.of(), PATIENCE, stalls));
      assertTrue(e.getMessage().contains("refused"), e.getMessage());
    }
  }
}
