package org.buildchain.substituter.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class HttpServerTest {
  /** More than the buffers of two sockets hold. */
  private static final int SIZE = 40 << 20;

  @TempDir private Path folder;
  private final byte[] content = new byte[SIZE];
  private FileChannel file;
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    new Random(1).nextBytes(content);
    file = FileChannel.open(Files.write(folder.resolve("file"), content));
    server = serve(100, Duration.ofMinutes(1));
  }

  private HttpServer serve(int connections, Duration patience) throws IOException {
    return serve(connections, patience, connections);
  }

  /**
   * @param places connections that have threads of the system's
   */
  private HttpServer serve(int connections, Duration patience, int places) throws IOException {
    return new HttpServer(
        new HttpServer.Options(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            false,
            connections,
            patience),
        this::handle,
        places);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    file.close();
  }

  private void handle(Request request, Response response) throws IOException {
    switch (request.path()) {
      case "/echo" -> {
        byte[] body = request.body().readAllBytes();
        try (ResponseBody out = response.begin(200, body.length)) {
          out.write(body);
        }
      }
      case "/no" -> response.begin(413, 0).close();
      case "/file" -> {
        try (ResponseBody out = response.begin(200, SIZE)) {
          out.write(content, 0, 3);
          out.send(file, 3, SIZE - 5);
          out.write(content, SIZE - 2, 2);
        }
      }
      case "/stream" -> {
        try (ResponseBody out = response.begin(200, -1)) {
          out.write(content, 0, 3);
          out.send(file, 3, 100_000);
          out.write(content, 100_003, 70_000);
        }
      }
      case "/short" -> {
        ResponseBody out = response.begin(200, 10);
        out.write(1);
        out.flush();
      }
      case "/broken" -> {
        response.begin(200, -1).flush();
        throw new IOException("out of order");
      }
      default -> {}
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** All that comes until the server ends the connection. */
  private byte[] ask(String text) throws IOException {
    try (Socket socket = connect()) {
      send(socket, text);
      return socket.getInputStream().readAllBytes();
    }
  }

  private String text(String request) throws IOException {
    return new String(ask(request), StandardCharsets.ISO_8859_1);
  }

  private static byte[] body(byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    return Arrays.copyOfRange(answer, text.indexOf("\r\n\r\n") + 4, answer.length);
  }

  @Test
  void answersRequestsInTheirOrder() throws IOException {
    String answers =
        text(
            "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n\r\none"
                + "\r\nHEAD /echo HTTP/1.1\r\n\r\n"
                + "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\ntw\r\n01;x=y\r\no\r\n0\r\nTrailer: x\r\n\r\n"
                + "POST /no HTTP/1.1\r\nContent-Length: 5\r\n\r\nwaste"
                + "GET /echo HTTP/1.1\r\nConnection: close\r\n\r\nGET /echo HTTP/1.1\r\n\r\n");
    String plain = answers.replaceAll("Date: [^\r]*\r\n", "");
    assertEquals(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"
            + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"
            + "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        plain);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void sendsFiles(int places) throws IOException {
    server.close();
    server = serve(100, Duration.ofMinutes(1), places);
    byte[] answer = ask("GET /file HTTP/1.1\r\nConnection: close\r\n\r\n");
    assertArrayEquals(content, body(answer));
    assertTrue(file.isOpen());
    assertEquals(0, body(ask("HEAD /file HTTP/1.1\r\nConnection: close\r\n\r\n")).length);
  }

  @Test
  void lengthsThatAreNotKnownComeInChunksOrEndWithTheConnection() throws IOException {
    byte[] expected = Arrays.copyOf(content, 170_003);
    assertArrayEquals(expected, body(ask("GET /stream HTTP/1.0\r\n\r\n")));
    byte[] answer = ask("GET /stream HTTP/1.1\r\nConnection: close\r\n\r\n");
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    byte[] chunks = body(answer);
    for (int at = 0; at < chunks.length; ) {
      int end = at;
      while (chunks[end] != '\r') {
        end++;
      }
      int n = Integer.parseInt(new String(chunks, at, end - at, StandardCharsets.US_ASCII), 16);
      joined.write(chunks, end + 2, n);
      at = end + 2 + n + 2;
    }
    assertArrayEquals(expected, joined.toByteArray());
  }

  @Test
  void anAnswerThatBreaksOffDoesNotLookComplete() throws IOException {
    assertEquals(1, body(ask("GET /short HTTP/1.1\r\n\r\n")).length);
    String chunked = text("GET /broken HTTP/1.1\r\n\r\n");
    assertFalse(chunked.contains("0\r\n\r\n"), chunked);
    assertThrows(SocketException.class, () -> ask("GET /broken HTTP/1.0\r\n\r\n"));
    assertEquals("", text("GET /nothing HTTP/1.1\r\n\r\n"));
  }

  @Test
  void aBodyIsAskedForWhenItIsRead() throws IOException {
    String head = " HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    try (Socket socket = connect()) {
      send(socket, "POST /echo" + head);
      String first = "HTTP/1.1 100 Continue\r\n\r\n";
      byte[] got = socket.getInputStream().readNBytes(first.length());
      assertEquals(first, new String(got, StandardCharsets.US_ASCII));
      send(socket, "ok");
      got = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      assertEquals("HTTP/1.1 200", new String(got, StandardCharsets.US_ASCII));
    }
    try (Socket socket = connect()) {
      send(socket, "POST /no" + head);
      // It closes its half at once, though the body has not come.
      socket.shutdownOutput();
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
      assertTrue(answer.contains("Connection: close"), answer);
    }
  }

  @Test
  void whatIsNoRequestIsAnsweredSo() throws IOException {
    String[][] cases = {
      {"GET / HTTP/1.1\r\nA: " + "a".repeat(Input.MAX_HEAD) + "\r\n\r\n", "431"},
      {"nonsense\r\n\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + "1".repeat(2000), "400"},
    };
    for (String[] one : cases) {
      try (Socket socket = connect()) {
        send(socket, one[0]);
        socket.shutdownOutput();
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(answer.startsWith("HTTP/1.1 " + one[1]), one[0] + ": " + answer);
        assertTrue(answer.contains("Connection: close"), answer);
      }
    }
    // The client leaves in the middle of a body: there is nobody to answer.
    try (Socket socket = connect()) {
      send(socket, "POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf");
      socket.shutdownOutput();
      assertEquals(0, socket.getInputStream().readAllBytes().length);
    }
  }

  /** Whoever takes nothing is cut off; the file that was being sent is another's, too. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void whoStopsTakingIsCutOff(int places) throws IOException {
    server.close();
    server = serve(100, Duration.ofSeconds(1), places);
    try (Socket stalled = connect()) {
      send(stalled, "GET /file HTTP/1.1\r\n\r\n");
      byte[] first = stalled.getInputStream().readNBytes(12);
      assertEquals("HTTP/1.1 200", new String(first, StandardCharsets.US_ASCII));
      // The server reads nothing of this; it is refused as soon as the connection has been cut off.
      assertThrows(
          IOException.class,
          () -> {
            while (true) {
              send(stalled, "GET");
            }
          });
      long got = received(stalled);
      assertTrue(got < SIZE, got + " bytes");
    }
    try (Socket idle = connect()) {
      assertEquals(-1, idle.getInputStream().read());
    }
    assertTrue(file.isOpen());
    server.close();
    // With time for a client on a busy machine.
    server = serve(100, Duration.ofMinutes(1), places);
    assertArrayEquals(content, body(ask("GET /file HTTP/1.1\r\nConnection: close\r\n\r\n")));
  }

  /** How much has come, however the connection has ended. */
  private static long received(Socket socket) {
    long count = 0;
    try {
      byte[] buffer = new byte[1 << 16];
      for (int n; (n = socket.getInputStream().read(buffer)) >= 0; ) {
        count += n;
      }
    } catch (IOException e) {
      // What has come before counts.
    }
    return count;
  }

  @Test
  void noMoreConnectionsAreHeldThanItMay() throws IOException {
    server.close();
    server = serve(2, Duration.ofMinutes(1));
    try (Socket kept = connect();
        Socket idle = connect();
        Socket more = connect()) {
      assertEquals(-1, more.getInputStream().read());
      send(kept, "GET /echo HTTP/1.1\r\n\r\n");
      // From half of them on none is kept.
      String answer = new String(kept.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertTrue(answer.contains("Connection: close"), answer);
      server.close();
      assertThrows(IOException.class, () -> drain(idle));
    }
  }

  /** Fails at the end, however the connection has ended. */
  private static void drain(Socket socket) throws IOException {
    byte[] unused = socket.getInputStream().readAllBytes();
    throw new IOException("the end");
  }
}
