package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.net.Authorities;
import org.buildchain.substituter.net.Stalls;
import org.buildchain.substituter.net.Tls;
import org.buildchain.substituter.net.WebClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients with a certificate, with another's, with none, and some that do not speak TLS. */
@Timeout(120)
class TlsClientsTest {
  /** Long enough for a handshake on however busy a machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  @TempDir private Path folder;
  private PemFiles own;
  private PemFiles uploader;
  private final BlockingQueue<Served> watched = new LinkedBlockingQueue<>();
  private DiskStore store;
  private CacheServer server;

  @BeforeEach
  void open() throws Exception {
    own = PemFiles.make(folder.resolve("server"));
    uploader = PemFiles.make(folder.resolve("uploader"));
    store = new DiskStore(folder.resolve("root"), StoreDir.DEFAULT, Clock.systemUTC());
    server =
        new CacheServer(
            store,
            new BuildLogs(folder.resolve("logs")),
            new CacheServer.Options(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(),
                Compression.ZSTD,
                40,
                folder.resolve("cache"),
                1 << 20,
                Optional.of(
                    Tls.server(own.certificate(), own.key(), Optional.of(uploader.certificate()))),
                Optional.empty(),
                true,
                folder.resolve("uploads"),
                folder.resolve("loose"),
                path -> true,
                100),
            problem -> {},
            watched::add,
            PATIENCE,
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    server.close();
    store.close();
  }

  private URI uri(String path) {
    return URI.create("https://127.0.0.1:" + server.address().getPort() + "/" + path);
  }

  private int put(SSLContext tls, byte[] nar) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      return client
          .send(
              HttpRequest.newBuilder(uri("nar/" + UploadFixture.hash(nar) + ".nar"))
                  .version(HttpClient.Version.HTTP_1_1)
                  .PUT(HttpRequest.BodyPublishers.ofByteArray(nar))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  void whoShowsACertificateThatIsTrustedMayUpload() throws Exception {
    byte[] nar = "a file".getBytes(StandardCharsets.US_ASCII);
    assertEquals(201, put(own.believer(uploader), nar));
    assertEquals(401, put(own.believer(), nar));
    PemFiles stranger = PemFiles.make(folder.resolve("stranger"));
    assertFalse(mayUpload(own.believer(stranger), nar));
    // Early, with more on the way than the sockets hold.
    assertEquals(401, put(own.believer(), new byte[8 << 20]));
  }

  @Test
  void whoseCertificateIsNotTakenIsTold() throws Exception {
    // Under the name of one that is trusted: else the client does not show it.
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    PemFiles impostor = PemFiles.make(elsewhere.resolve("uploader"));
    assertFalse(mayUpload(own.believer(impostor), new byte[1]));
    Served refused = watched.take();
    assertEquals("-", refused.method());
    assertTrue(refused.said().startsWith("its certificate is not taken: "), refused.said());
  }

  @Test
  void aClientBelievesTheAuthoritiesOfItsEnvironment() throws Exception {
    String right = own.certificate().toString();
    String wrong = uploader.certificate().toString();
    assertEquals(200, get(Map.of("NIX_SSL_CERT_FILE", right, "SSL_CERT_FILE", wrong)));
    assertEquals(200, get(Map.of("SSL_CERT_FILE", right)));
    for (Map<String, String> env :
        List.of(
            Map.of("NIX_SSL_CERT_FILE", wrong, "SSL_CERT_FILE", right),
            // The JDK's: this server is none of theirs.
            Map.of("NIX_SSL_CERT_FILE", "/no-cert-file.crt"),
            Map.<String, String>of())) {
      assertThrows(SSLHandshakeException.class, () -> get(env), env::toString);
    }
    String key = own.key().toString();
    assertThrows(FormatException.class, () -> get(Map.of("SSL_CERT_FILE", key)));
  }

  private int get(Map<String, String> env) throws IOException, InterruptedException {
    try (Stalls stalls = new Stalls(PATIENCE);
        WebClient client =
            new WebClient(ProxySelector.of(null), Duration.ZERO, Authorities.of(env))) {
      return client.get(uri("nix-cache-info"), Map.of(), PATIENCE, stalls).status();
    }
  }

  /** TLS may end the connection of who is not admitted before there is an answer. */
  private boolean mayUpload(SSLContext tls, byte[] nar) throws InterruptedException {
    try {
      return put(tls, nar) == 201;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whoDoesNotSpeakTlsIsCutOff() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (String said : List.of("", "GET /nix-cache-info HTTP/1.1\r\n\r\n", "\26\3\1\2\0")) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        sockets.add(socket);
        socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
      }
      for (Socket socket : sockets) {
        byte[] got = socket.getInputStream().readAllBytes();
        assertEquals(-1, new String(got, StandardCharsets.ISO_8859_1).indexOf("HTTP"));
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    try (HttpClient client = HttpClient.newBuilder().sslContext(own.believer()).build()) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<Void> answer =
            client.send(
                HttpRequest.newBuilder(uri("nix-cache-info")).build(),
                HttpResponse.BodyHandlers.discarding());
        assertEquals(200, answer.statusCode());
      }
    }
  }
}
