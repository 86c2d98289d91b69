package org.buildchain.daemon.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.buildchain.daemon.host.download.Credential;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StoreDir;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetcherTest {
  @TempDir Path temp;

  /** What one caller's secret was needed for, another's download does not give. */
  @Test
  void answersToSecretsAreOfThoseWhoHaveThem() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        e -> {
          String secret = e.getRequestHeaders().getFirst("Authorization");
          e.sendResponseHeaders(List.of("s3cret-1", "s3cret-2").contains(secret) ? 200 : 404, -1);
          e.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    try (DiskStore store =
        new DiskStore(temp.resolve("root"), StoreDir.DEFAULT, Clock.systemUTC())) {
      Path folder = temp.resolve("tmp");
      Fetcher fetcher = new Fetcher(store, folder, Map.of(), Settings.initial());
      Credential one = new Credential(URI.create(url), "Authorization", "s3cret-1");
      fetcher.file(url, "source", Optional.of(one), 1000);
      for (String secret : new String[] {"", "s3cret-3"}) {
        Optional<Credential> other =
            Optional.of(secret)
                .filter(s -> !s.isEmpty())
                .map(s -> new Credential(URI.create(url), "Authorization", s));
        assertThrows(IOException.class, () -> fetcher.file(url, "source", other, 1000));
      }
      assertThrows(
          IOException.class, () -> fetcher.fetch(url, "source", false, Optional.empty(), 1000));
      server.stop(0);
      fetcher.file(url, "source", Optional.of(one), 1000);
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertEquals(-1, (file + Files.readString(file)).indexOf("s3cret"));
        }
      }
    } finally {
      server.stop(0);
    }
  }

  /** What was fetched while the clock was ahead is not believed until that time has come. */
  @Test
  void downloadsOfTheFutureAreAskedForAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        e -> {
          asked.incrementAndGet();
          e.sendResponseHeaders(200, -1);
          e.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    try (DiskStore store =
        new DiskStore(temp.resolve("root"), StoreDir.DEFAULT, Clock.systemUTC())) {
      Fetcher fetcher = new Fetcher(store, temp.resolve("tmp"), Map.of(), Settings.initial());
      long year = 365 * 24 * 3600;
      fetcher.file(url, "source", Optional.empty(), 2 * year);
      fetcher.file(url, "source", Optional.empty(), 2 * year + 1);
      assertEquals(1, asked.get());
      fetcher.file(url, "source", Optional.empty(), year);
      assertEquals(2, asked.get());
    } finally {
      server.stop(0);
    }
  }
}
