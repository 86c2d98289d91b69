package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.store.tree.RandomAccessTree;
import org.buildchain.substituter.ServerOptions;
import org.buildchain.substituter.serve.CacheServer;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path is there as soon as what describes it is; its blocks come when they are read. */
class LazyTest {
  private static final SecretKey KEY = SecretKey.generate("k-1");
  private static final int SIZE = 32 << 20;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final StorePath BIG = StorePath.parse("%032d-big-1.0".formatted(1));

  /** What stands in front of the server does with an answer. */
  private enum Relay {
    HONEST,
    GONE,
    LYING,
    WITHOUT_OBJECT_SIGNATURES
  }

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();
  private final AtomicLong moved = new AtomicLong();
  private final byte[] content = new byte[SIZE];
  private volatile Relay mode = Relay.HONEST;
  private DiskStore there;
  private DiskStore here;
  private CacheServer server;
  private HttpServer relay;
  private HttpClient client;
  private Caches caches;

  @BeforeEach
  void open() throws IOException {
    there = new DiskStore(folder.resolve("there"), StoreDir.DEFAULT, Clock.systemUTC());
    server =
        new CacheServer(
            there,
            new BuildLogs(folder.resolve("logs")),
            ServerOptions.of(folder, List.of(KEY), 1 << 30, Optional.empty(), Optional.empty()),
            notes::add,
            request -> {});
    client = HttpClient.newHttpClient();
    relay = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    relay.setExecutor(Thread::startVirtualThread);
    relay.createContext("/", this::pass);
    relay.start();
    caches =
        new Caches(
            Clock.systemUTC(), ProxySelector.of(null), Duration.ofSeconds(10), Map.of(), folder);
    openHere(NEVER);
    new Random(7).nextBytes(content);
    byte[] self = ("/nix/store/" + BIG).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(self, 0, content, 100, self.length);
    // A hash that stands in two blocks.
    System.arraycopy(self, 0, content, (1 << 20) - 20, self.length);
    FileTree.Directory tree =
        () -> List.of(new FileTree.Entry("data", new MemoryFile(content, false)));
    there.addObjects(
        List.of(
            new NewObject(
                BIG, tree, new TreeSet<>(Set.of(BIG)), Optional.empty(), true, Optional.empty())));
  }

  @AfterEach
  void close() {
    here.close();
    caches.close();
    relay.stop(0);
    client.close();
    server.close();
    there.close();
  }

  private void openHere(Duration quiet) throws IOException {
    here = new DiskStore(folder.resolve("here"), StoreDir.DEFAULT, Clock.systemUTC());
    here.fetchLate(caches.blocks(options(KEY, false)), quiet);
  }

  /** Counts what goes through. */
  private void pass(HttpExchange http) throws IOException {
    try (http) {
      String uri = "http://127.0.0.1:" + server.address().getPort() + http.getRequestURI();
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(uri)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      byte[] body = answer.body();
      moved.addAndGet(body.length);
      if (mode == Relay.LYING) {
        body[body.length / 2] ^= 1;
      }
      if (mode == Relay.WITHOUT_OBJECT_SIGNATURES && uri.endsWith(".narinfo")) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        body = text.replaceAll("StoreObjectSigs.*\n", "").getBytes(StandardCharsets.ISO_8859_1);
      }
      http.sendResponseHeaders(mode == Relay.GONE ? 404 : answer.statusCode(), body.length);
      http.getResponseBody().write(body);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private Caches.Options options(SecretKey trusted, boolean lazy) {
    return new Caches.Options(
        List.of("http://127.0.0.1:" + relay.getAddress().getPort()),
        List.of(trusted.publicKey()),
        true,
        1,
        Duration.ofSeconds(10),
        Duration.ofHours(1),
        Duration.ofHours(1),
        Optional.empty(),
        lazy);
  }

  private void take() throws Exception {
    Substituter lazy = caches.substituter(options(KEY, true), here);
    lazy.fetch(BIG, notes::add);
    assertTrue(here.isPartial(BIG), notes.toString());
  }

  private void readsRightly(int from, int length) throws IOException {
    RandomAccessTree.Directory root = (RandomAccessTree.Directory) here.open(BIG);
    RandomAccessTree.Regular file = (RandomAccessTree.Regular) root.child("data").orElseThrow();
    assertEquals(SIZE, file.size());
    ByteBuffer got = ByteBuffer.allocate(length);
    while (got.hasRemaining()) {
      assertTrue(file.read(from + got.position(), got) > 0);
    }
    assertArrayEquals(Arrays.copyOfRange(content, from, from + length), got.array());
  }

  @Test
  void onlyWhatIsReadComes() throws Exception {
    take();
    assertTrue(moved.get() < SIZE / 100, "before anything is read " + moved + " bytes have come");
    readsRightly(0, 2 << 20);
    readsRightly((20 << 20) + 5, 10);
    assertTrue(moved.get() < SIZE / 10, "for 3 MiB " + moved + " bytes have come");
    PathInfo said = there.query(BIG).orElseThrow();
    PathInfo known = here.query(BIG).orElseThrow();
    assertEquals(said.object(), known.object());
    assertEquals(said.references(), known.references());
  }

  @Test
  void itGoesOnAfterARestart() throws Exception {
    take();
    readsRightly(0, 2 << 20);
    here.close();
    long before = moved.get();
    openHere(NEVER);
    readsRightly(0, 2 << 20);
    assertEquals(before, moved.get(), "what has come is kept");
    readsRightly(5 << 20, 1 << 20);
    assertTrue(here.isPartial(BIG));
  }

  @Test
  void theRestComesByItself() throws Exception {
    take();
    here.close();
    openHere(Duration.ofMillis(10));
    CountDownLatch whole = new CountDownLatch(1);
    // On one core a virtual thread that spins keeps others from running.
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (here.isPartial(BIG)) {
                Thread.yield();
              }
              whole.countDown();
            });
    whole.await();
    mode = Relay.GONE;
    readsRightly(0, SIZE);
    assertEquals(0, here.verify(notes::add), notes.toString());
  }

  @Test
  void whatCannotBeHadIsAnError() throws Exception {
    take();
    mode = Relay.GONE;
    IOException gone = assertThrows(IOException.class, () -> readsRightly(0, 10));
    assertTrue(gone.getMessage().contains("can't be had from anywhere"), gone.getMessage());
    mode = Relay.LYING;
    IOException lie = assertThrows(IOException.class, () -> readsRightly(0, 10));
    assertTrue(lie.getMessage().contains("gives other bytes"), lie.getMessage());
    mode = Relay.HONEST;
    readsRightly(0, 10);
  }

  @Test
  void theCollectorCopes() throws Exception {
    take();
    readsRightly(0, 1 << 20);
    assertEquals(0, here.verify(notes::add), notes.toString());
    try (DiskStore.Use _ = here.use()) {
      here.isValid(BIG);
      collect();
      readsRightly(3 << 20, 1 << 20);
    }
    here.close();
    openHere(NEVER);
    collect();
    assertFalse(here.isValid(BIG));
    assertFalse(here.isPartial(BIG));
    take();
    readsRightly(0, SIZE);
  }

  private void collect() throws IOException {
    here.collect(CollectOptions.ALL, here.roots(folder.resolve("here"), List.of()), gone -> {});
  }

  @Test
  void whereNobodyVouchesForBlocksAllOfItComes() throws Exception {
    mode = Relay.WITHOUT_OBJECT_SIGNATURES;
    caches.substituter(options(KEY, true), here).fetch(BIG, notes::add);
    assertFalse(here.isPartial(BIG));
    mode = Relay.GONE;
    readsRightly(0, SIZE);
  }
}
