package org.buildchain.daemon.host.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloaderTest {
  @TempDir Path temp;
  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;
  private String url;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/file", e -> answer(e, 200, "hello"));
    server.createContext("/absent", e -> answer(e, 404, "no"));
    server.createContext("/flaky", e -> answer(e, requests.get() < 1 ? 503 : 200, "at last"));
    server.createContext(
        "/moved",
        e -> {
          e.getResponseHeaders().add("Location", "/file");
          answer(e, 302, "");
        });
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange e, int status, String text) throws IOException {
    requests.incrementAndGet();
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    e.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    e.getResponseBody().write(body);
    e.close();
  }

  private String download(String from) throws IOException {
    Path file = temp.resolve("out");
    new Downloader(Map.of(), 15).download(from, file);
    return Files.readString(file);
  }

  @Test
  void followsRedirectsAndReadsFiles() throws IOException {
    assertEquals("hello", download(url + "/moved"));
    Path file = Files.writeString(temp.resolve("in"), "from disk");
    assertEquals("from disk", download(file.toUri().toString().replace("file:/", "file:///")));
  }

  /** A server gets the secret that it is meant to see, and nobody whom it sends us to. */
  @Test
  void credentialsStayWithTheirServer() throws IOException {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String elsewhere = "http://127.0.0.1:" + other.getAddress().getPort();
    redirect(other, "/there", url + "/back", seen);
    redirect(other, "/plain", url + "/back", seen);
    redirect(server, "/here", "/away", seen);
    redirect(server, "/away", elsewhere + "/there", seen);
    redirect(server, "/back", "/file", seen);
    redirect(server, "/circle", "/circle", seen);
    redirect(server, "/out", "file:///etc/passwd", seen);
    other.start();
    try {
      Credential secret = new Credential(URI.create(url), "Private-token", "s3cret");
      Path file = temp.resolve("out");
      Downloader downloader = new Downloader(Map.of(), 15);
      downloader.download(url + "/here", Optional.of(secret), file);
      assertEquals("hello", Files.readString(file));
      assertEquals(List.of("/here s3cret", "/away s3cret", "/there -", "/back -"), seen);
      seen.clear();
      downloader.download(elsewhere + "/plain", Optional.of(secret), file);
      assertEquals(List.of("/plain -", "/back -"), seen);
      for (String refused : new String[] {"/circle", "/out", "/absent"}) {
        IOException e =
            assertThrows(
                IOException.class,
                () -> downloader.download(url + refused, Optional.of(secret), file));
        assertTrue(e.getMessage().startsWith("unable to download '" + url), e.getMessage());
        assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
      }
    } finally {
      other.stop(0);
    }
  }

  private void redirect(HttpServer at, String path, String target, List<String> seen) {
    at.createContext(
        path,
        e -> {
          String secret = e.getRequestHeaders().getFirst("Private-token");
          seen.add(path + " " + (secret == null ? "-" : secret));
          e.getResponseHeaders().add("Location", target);
          answer(e, 302, "");
        });
  }

  @Test
  void credentialsAreForOneOrigin() {
    Credential c = new Credential(URI.create("https://h.x"), "a", "b");
    assertTrue(c.isFor(URI.create("https://H.x/y?z")));
    for (String other :
        new String[] {
          "http://h.x/", "https://h.x:8443/", "https://h.x.y/", "https://h.x@y/", "file:///h.x"
        }) {
      assertFalse(c.isFor(URI.create(other)), other);
    }
  }

  @Test
  void triesAgainWhereThatMayHelpAndOnlyThere() throws IOException {
    assertEquals("at last", download(url + "/flaky"));
    assertEquals(2, requests.get());
    IOException absent = assertThrows(IOException.class, () -> download(url + "/absent"));
    assertTrue(absent.getMessage().contains("HTTP error 404"), absent.getMessage());
    assertEquals(3, requests.get());
    assertThrows(IOException.class, () -> download("gopher://x/y"));
    assertThrows(IOException.class, () -> download("no url"));
  }

  @Test
  void proxiesComeFromTheCallersEnvironment() {
    ProxyFromEnvironment proxies =
        new ProxyFromEnvironment(
            Map.of("https_proxy", "http://proxy:3128", "NO_PROXY", "example.org, .corp"));
    Proxy proxy = proxies.select(URI.create("https://elsewhere.net/")).getFirst();
    assertEquals("proxy", ((InetSocketAddress) proxy.address()).getHostString());
    for (String direct :
        new String[] {"http://elsewhere.net/", "https://a.example.org/", "https://x.corp/"}) {
      assertEquals(Proxy.NO_PROXY, proxies.select(URI.create(direct)).getFirst(), direct);
    }
  }

  @Test
  void theCacheRemembersForATime() throws IOException {
    FetchCache cache = new FetchCache(temp.resolve("cache"));
    StorePath path = new StorePath("0123456789abcdfghijklmnpqrsvwxyz", "source");
    assertEquals(Optional.empty(), cache.find("u", "source", true, t -> true));
    cache.put("u", "source", true, 1000, path);
    assertEquals(Optional.of(path), cache.find("u", "source", true, t -> t >= 1000));
    assertEquals(Optional.empty(), cache.find("u", "source", true, t -> t >= 1001));
    assertEquals(Optional.empty(), cache.find("u", "source", false, t -> true));
    assertEquals(Optional.empty(), cache.find("u", "other", true, t -> true));
  }
}
