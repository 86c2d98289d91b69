package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.RandomNar;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store, and caches in memory that have one signed path, or do what a test tells them. */
abstract class CacheFixture {
  static final StorePath APP = StorePath.parse("2222222222222222222222222222222b-app");
  static final SecretKey KEY = SecretKey.generate("good-1");
  static final int SIZE = 200_000;

  /** Longer than an honest cache can need on however busy a machine. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path folder;

  final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();
  final List<Server> servers = new ArrayList<>();
  final byte[] nar = RandomNar.of(SIZE, 2);
  DiskStore store;
  Caches caches;

  /** A cache whose files are in memory, and that may do anything. */
  static final class Server implements AutoCloseable {
    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    final CountDownLatch end = new CountDownLatch(1);
    private final HttpServer http;

    interface Behaviour {
      void answer(HttpExchange exchange, byte[] file) throws Exception;
    }

    Server(int priority) throws IOException {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.createContext("/", this::handle);
      http.start();
      text("nix-cache-info", "StoreDir: /nix/store\nPriority: " + priority + "\n");
    }

    void text(String name, String content) {
      files.put(name, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    String url() {
      return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
      String name = exchange.getRequestURI().getPath().substring(1);
      requests.add(name);
      byte[] file = files.get(name);
      try {
        if (behaviours.containsKey(name)) {
          behaviours.get(name).answer(exchange, file);
        } else if (file == null) {
          exchange.sendResponseHeaders(404, -1);
        } else {
          exchange.sendResponseHeaders(200, file.length);
          exchange.getResponseBody().write(file);
          exchange.getResponseBody().close();
        }
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() {
      end.countDown();
      http.stop(0);
    }
  }

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder.resolve("store"), StoreDir.DEFAULT, Clock.systemUTC());
    caches =
        new Caches(
            Clock.systemUTC(), ProxySelector.of(null), Duration.ofSeconds(10), Map.of(), folder);
  }

  @AfterEach
  void close() {
    caches.close();
    servers.forEach(Server::close);
    store.close();
  }

  /** A narinfo that a key has signed, if there is one. */
  NarInfo info(Optional<SecretKey> key) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, nar);
    byte[] fingerprint =
        new Fingerprint(StoreDir.DEFAULT, APP, hash, nar.length, new TreeSet<>()).bytes();
    return new NarInfo(
        APP,
        "nar/app.nar",
        "none",
        Optional.empty(),
        OptionalLong.of(nar.length),
        hash,
        nar.length,
        new TreeSet<>(),
        Optional.empty(),
        key.stream().map(k -> k.sign(fingerprint)).toList(),
        Optional.empty());
  }

  Server server(int priority, Optional<SecretKey> key) throws IOException {
    Server server = new Server(priority);
    servers.add(server);
    server.text(APP.hashPart() + ".narinfo", info(key).print(StoreDir.DEFAULT));
    server.files.put("nar/app.nar", nar);
    return server;
  }

  Server honest(int priority) throws IOException {
    return server(priority, Optional.of(KEY));
  }

  Substituter substituter(String... urls) {
    return substituter(1, List.of(KEY.publicKey()), urls);
  }

  Substituter substituter(int signatures, List<PublicKey> trusted, String... urls) {
    return substituter(PATIENCE, signatures, trusted, urls);
  }

  /** One that leaves a cache from which nothing comes for so long. */
  Substituter substituter(
      Duration patience, int signatures, List<PublicKey> trusted, String... urls) {
    return caches.substituter(
        new Caches.Options(
            List.of(urls),
            trusted,
            true,
            signatures,
            patience,
            Duration.ofHours(1),
            Duration.ofHours(1),
            Optional.empty(),
            false),
        store);
  }

  boolean offered(Substituter substituter) throws InterruptedException {
    return substituter.query(Set.of(APP), notes::add).containsKey(APP);
  }

  void fetches(Substituter substituter) throws Exception {
    assertTrue(offered(substituter), notes.toString());
    substituter.fetch(APP, notes::add);
    try (InputStream in = ((FileTree.Regular) store.open(APP)).open()) {
      assertEquals(SIZE, in.readAllBytes().length);
    }
    assertEquals(0, store.verify(problem -> {}));
  }

  void noted(String text) {
    assertTrue(notes.stream().anyMatch(n -> n.contains(text)), notes.toString());
  }
}
