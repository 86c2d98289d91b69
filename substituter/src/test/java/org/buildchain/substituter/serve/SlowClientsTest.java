package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.ServerOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send a request byte by byte, or stop in the middle of it. */
class SlowClientsTest {
  private static final String TOKEN = "token-for-the-test-of-uploads";
  private static final int TIMEOUT = 60_000;

  /** Long enough for whoever connects and sends at once, on however busy a machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  @TempDir private Path folder;
  private DiskStore store;
  private CacheServer server;

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    server =
        new CacheServer(
            store,
            new BuildLogs(folder.resolve("logs")),
            ServerOptions.of(
                folder, List.of(), 1 << 20, Optional.empty(), Optional.of(new Token(TOKEN))),
            problems::add,
            request -> {},
            PATIENCE,
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    server.close();
    store.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(TIMEOUT);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** What comes until the server closes the connection, which it must. */
  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void aHeadThatDoesNotComeIsNotWaitedFor() throws IOException {
    for (String part :
        List.of(
            "G", "GET /nix-cache-info HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX: " + "x".repeat(99))) {
      try (Socket slow = connect();
          Socket other = connect()) {
        send(slow, part);
        send(other, "GET /nix-cache-info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertTrue(rest(other).startsWith("HTTP/1.1 200"), part);
        assertEquals("", rest(slow), part);
      }
    }
  }

  @Test
  void aSecondHeadOnAConnectionIsNotWaitedForEither() throws IOException {
    try (Socket slow = connect()) {
      send(slow, "GET /nix-cache-info HTTP/1.1\r\nHost: x\r\n\r\nGET /nix");
      String answer = rest(slow);
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      assertEquals(1, answer.split("HTTP/1.1", -1).length - 1, answer);
    }
  }

  /** Each byte comes in time; all of them do not. */
  @Test
  void theRestOfARefusedUploadIsNotWaitedForLong() throws IOException {
    int length = 10_000_000;
    try (Socket slow = connect()) {
      send(slow, "PUT /x HTTP/1.1\r\nContent-Length: " + length + "\r\n\r\n");
      byte[] status = slow.getInputStream().readNBytes("HTTP/1.1 401".length());
      assertEquals("HTTP/1.1 401", new String(status, StandardCharsets.US_ASCII));
      int sent = 0;
      try {
        while (sent < length) {
          send(slow, "x");
          sent++;
        }
      } catch (IOException e) {
        // The server has closed the connection.
      }
      assertTrue(sent < length, sent + " bytes");
    }
  }

  @Test
  void anUploadThatStallsIsCutOff() throws IOException {
    String nar = "nar/" + "0".repeat(52) + ".nar";
    try (Socket slow = connect()) {
      send(slow, "PUT /" + nar + " HTTP/1.1\r\nAuthorization: Bearer " + TOKEN);
      send(slow, "\r\nContent-Length: 1000\r\n\r\nonly this");
      assertEquals("", rest(slow));
    }
    try (Socket other = connect()) {
      send(other, "GET /" + nar + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertTrue(rest(other).startsWith("HTTP/1.1 404"));
    }
  }
}
