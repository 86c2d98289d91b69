package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.substituter.ServerOptions;
import org.buildchain.substituter.serve.CacheServer;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between two stores of bc only blocks travel that the other one lacks. */
class UpdatedClosureTest {
  private static final SecretKey KEY = SecretKey.generate("k-1");
  private static final int PATHS = 20;
  private static final int FILES = 16;
  private static final int FILE = 40_000;

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();
  private final AtomicLong moved = new AtomicLong();
  private DiskStore there;
  private DiskStore here;
  private CacheServer server;
  private ServerSocket relay;
  private Caches caches;

  @BeforeEach
  void open() throws IOException {
    there = new DiskStore(folder.resolve("there"), StoreDir.DEFAULT, Clock.systemUTC());
    here = new DiskStore(folder.resolve("here"), StoreDir.DEFAULT, Clock.systemUTC());
    server =
        new CacheServer(
            there,
            new BuildLogs(folder.resolve("logs")),
            ServerOptions.of(folder, List.of(KEY), 1 << 30, Optional.empty(), Optional.empty()),
            notes::add,
            request -> {});
    relay = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    caches =
        new Caches(
            Clock.systemUTC(), ProxySelector.of(null), Duration.ofSeconds(10), Map.of(), folder);
  }

  @AfterEach
  void close() throws IOException {
    caches.close();
    relay.close();
    server.close();
    here.close();
    there.close();
  }

  /** Counts what goes through to the server and back, headers and all. */
  private void accept() {
    try {
      while (true) {
        Socket client = relay.accept();
        Socket upstream = new Socket(server.address().getAddress(), server.address().getPort());
        Thread.ofVirtual().start(() -> pump(client, upstream));
        Thread.ofVirtual().start(() -> pump(upstream, client));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[1 << 16];
      for (int n; (n = in.read(buffer)) >= 0; ) {
        moved.addAndGet(n);
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side has closed.
    }
  }

  /** A path after a change: its first file differs, the others by the hashes of paths alone. */
  private PathInfo add(int number, int change, Optional<PathInfo> reference) throws IOException {
    StorePath path = StorePath.parse("%d%031d-p%d-1.0".formatted(change, number, number));
    List<FileTree.Entry> entries = new ArrayList<>();
    for (int f = 0; f < FILES; f++) {
      byte[] content = new byte[FILE];
      new Random(1000L * number + f).nextBytes(content);
      String text =
          (f == 0 ? "change " + change : "uses ")
              + reference.map(r -> "/nix/store/" + r.path()).orElse("")
              + " in /nix/store/"
              + path;
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(bytes, 0, content, 100, bytes.length);
      entries.add(new FileTree.Entry("f%02d".formatted(f), new MemoryFile(content, f % 4 == 0)));
    }
    FileTree.Directory tree = () -> entries;
    TreeSet<StorePath> candidates = new TreeSet<>(Set.of(path));
    reference.ifPresent(r -> candidates.add(r.path()));
    return there
        .addObjects(
            List.of(
                new NewObject(path, tree, candidates, Optional.empty(), true, Optional.empty())))
        .getFirst();
  }

  private List<PathInfo> closure(int change) throws IOException {
    List<PathInfo> infos = new ArrayList<>();
    for (int i = 0; i < PATHS; i++) {
      infos.add(add(i, change, i == 0 ? Optional.empty() : Optional.of(infos.getLast())));
    }
    return infos;
  }

  private void pull(List<PathInfo> infos) throws Exception {
    Substituter substituter =
        caches.substituter(
            new Caches.Options(
                List.of("http://127.0.0.1:" + relay.getLocalPort()),
                List.of(KEY.publicKey()),
                true,
                1,
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Optional.empty(),
                false),
            here);
    for (PathInfo info : infos) {
      substituter.fetch(info.path(), notes::add);
      PathInfo got = here.query(info.path()).orElseThrow();
      assertEquals(info.narHash(), got.narHash());
      assertEquals(info.references(), got.references());
      assertEquals(info.object(), got.object());
      assertFalse(got.signatures().isEmpty());
    }
  }

  @Test
  void aTenthOfTheBytes() throws Exception {
    pull(closure(1));
    long nars = 0;
    List<PathInfo> second = closure(2);
    for (PathInfo info : second) {
      nars += info.narSize();
    }
    moved.set(0);
    pull(second);
    assertTrue(moved.get() * 10 <= nars, moved + " of " + nars + " " + notes);
    assertTrue(notes.stream().noneMatch(n -> n.contains("comes as a NAR")), notes::toString);
    assertEquals(0, here.verify(notes::add), notes::toString);
  }

  /** Where nothing is shared the NAR comes, which is compressed. */
  @Test
  void somethingElseOfTheSameName() throws Exception {
    pull(List.of(add(1, 1, Optional.empty())));
    StorePath path = StorePath.parse("3%031d-p1-3.0".formatted(1));
    List<FileTree.Entry> entries = new ArrayList<>();
    for (int f = 0; f < 8; f++) {
      byte[] content = new byte[FILE];
      new Random(77 + f).nextBytes(content);
      entries.add(new FileTree.Entry("f" + f, new MemoryFile(content, false)));
    }
    FileTree.Directory tree = () -> entries;
    PathInfo info =
        there
            .addObjects(
                List.of(
                    new NewObject(
                        path, tree, Set.of(path), Optional.empty(), true, Optional.empty())))
            .getFirst();
    pull(List.of(info));
    assertTrue(notes.stream().anyMatch(n -> n.contains("comes as a NAR")), notes::toString);
  }
}
