package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.substituter.ServerOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** NARs of many small files, which are kept as files when they are asked for again. */
@Timeout(120)
class PlainNarsTest {
  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private DiskStore store;
  private CacheServer server;
  private PathInfo info;

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    info = add("0".repeat(32), 1);
    serve(1 << 30);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    store.close();
  }

  private void serve(long keep) throws IOException {
    CacheServer.Options o =
        ServerOptions.of(folder, List.of(), keep, Optional.empty(), Optional.empty());
    server =
        new CacheServer(
            store,
            new BuildLogs(folder.resolve("logs")),
            new CacheServer.Options(
                o.address(),
                o.keys(),
                Compression.NONE,
                o.priority(),
                o.kept(),
                o.keptBytes(),
                o.tls(),
                o.upload(),
                o.certificates(),
                o.uploads(),
                o.loose(),
                o.admits(),
                o.connections()),
            problems::add,
            request -> {},
            Duration.ofMinutes(1),
            // An hour later no change of a file can be hidden by the clock.
            Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
  }

  /** A path of small files whose content follows from a seed. */
  private PathInfo add(String hashPart, long seed) throws IOException {
    Random random = new Random(seed);
    List<FileTree.Entry> entries = new ArrayList<>();
    for (int i = 100; i < 200; i++) {
      byte[] content = new byte[2000];
      random.nextBytes(content);
      entries.add(new FileTree.Entry("file" + i, new MemoryFile(content, false)));
    }
    FileTree.Directory tree = () -> entries;
    StorePath path = new StorePath(hashPart, "x");
    NewObject object =
        new NewObject(path, tree, Set.of(), Optional.empty(), false, Optional.empty());
    return store.addObjects(List.of(object)).getFirst();
  }

  private static String url(PathInfo info) {
    return NarName.of(info) + ".nar";
  }

  private static Path file(Path folder, PathInfo info) {
    return folder.resolve("cache").resolve(url(info).substring("nar/".length()));
  }

  private HttpResponse<byte[]> ask(String path, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0 && headers[0].equals("HEAD")) {
      request.HEAD();
    } else if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private String text(String path) throws Exception {
    return new String(ask(path).body(), StandardCharsets.ISO_8859_1);
  }

  private static boolean isOf(PathInfo info, byte[] nar) {
    return Arrays.equals(info.narHash().bytes(), HashAlgorithm.SHA256.newDigest().digest(nar));
  }

  private void assertRight() throws Exception {
    HttpResponse<byte[]> answer = ask(url(info));
    assertEquals(200, answer.statusCode());
    assertTrue(isOf(info, answer.body()));
  }

  /** Asks until the NAR's file is there. */
  private void keep() throws Exception {
    assertRight();
    keepNow();
  }

  /** Asks for what was asked for once already. */
  private void keepNow() throws Exception {
    assertFalse(Files.exists(file(folder, info)));
    assertRight();
    while (!Files.exists(file(folder, info))) {
      Thread.onSpinWait();
    }
  }

  /** Makes it impossible to read a small block. */
  private void removePacks() throws IOException {
    try (Stream<Path> packs = Files.list(folder.resolve("packs"))) {
      for (Path pack : packs.toList()) {
        Files.delete(pack);
      }
    }
    server.close();
    store.close();
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    serve(1 << 30);
  }

  @Test
  void whatIsAskedForAgainIsSentFromAFile() throws Exception {
    byte[] nar = ask(url(info)).body();
    HttpResponse<byte[]> before = ask(url(info), "HEAD");
    // Neither this nor a part is what counts.
    assertArrayEquals(
        Arrays.copyOfRange(nar, 5, 100_001), ask(url(info), "Range", "bytes=5-100000").body());
    keepNow();
    removePacks();
    assertRight();
    HttpResponse<byte[]> after = ask(url(info), "HEAD");
    for (String header : List.of("etag", "content-length", "content-type", "cache-control")) {
      assertEquals(before.headers().firstValue(header), after.headers().firstValue(header));
      assertTrue(before.headers().firstValue(header).isPresent(), header);
    }
    HttpResponse<byte[]> part = ask(url(info), "Range", "bytes=5-100000");
    assertEquals(206, part.statusCode());
    assertArrayEquals(Arrays.copyOfRange(nar, 5, 100_001), part.body());
    String tag = after.headers().firstValue("etag").orElseThrow();
    assertEquals(304, ask(url(info), "If-None-Match", tag).statusCode());
    assertArrayEquals(nar, Files.readAllBytes(file(folder, info)));
  }

  /** While the server runs and between two runs. */
  @Test
  void aFileThatWasChangedIsNotSent() throws Exception {
    for (boolean again : new boolean[] {false, true}) {
      keep();
      assertRight();
      byte[] bytes = Files.readAllBytes(file(folder, info));
      bytes[100_000] ^= 1;
      Files.write(file(folder, info), bytes);
      // However quick that was, the clock has gone on.
      Files.setLastModifiedTime(file(folder, info), FileTime.from(Instant.EPOCH));
      if (again) {
        server.close();
        serve(1 << 30);
      }
      assertRight();
      assertFalse(Files.exists(file(folder, info)));
      server.close();
      serve(1 << 30);
    }
  }

  @Test
  void aFileThatIsGoneIsMissedByNobody() throws Exception {
    keep();
    Files.delete(file(folder, info));
    assertRight();
  }

  /** Nothing is sent of a path that is gone, nor of it when it is another's name. */
  @Test
  void aFileOutlivesItsPathForNobody() throws Exception {
    keep();
    PathInfo old = info;
    String narInfo = old.path().hashPart() + ".narinfo";
    assertTrue(text(narInfo).contains("URL: " + url(old) + "\n"));
    assertEquals(List.of(old.path()), collect());
    assertEquals(404, ask(narInfo).statusCode());
    assertEquals(404, ask(url(old)).statusCode());
    info = add("0".repeat(32), 2);
    assertTrue(text(narInfo).contains("URL: " + url(info) + "\n"));
    store.sign(info.path(), new TreeSet<>(Set.of("other-1:AAAA")));
    assertTrue(text(narInfo).contains("Sig: other-1:AAAA\n"));
    assertEquals(404, ask(url(old)).statusCode());
    keep();
    assertRight();
    assertEquals(404, ask(url(old)).statusCode());
  }

  @Test
  void noMoreIsKeptThanAskedFor() throws Exception {
    server.close();
    // A file may have an eighth of the room.
    serve(7 * info.narSize());
    for (int i = 0; i < 4; i++) {
      assertRight();
    }
    server.close();
    assertEquals(0, keptFiles());
    serve(9 * info.narSize());
    for (int i = 0; i < 20; i++) {
      info = add("%032d".formatted(i), i);
      keep();
    }
    while (keptFiles() > 9) {
      Thread.onSpinWait();
    }
    assertEquals(9, keptFiles());
  }

  private long keptFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      return files.count();
    }
  }

  private List<StorePath> collect() throws IOException {
    return store.collect(CollectOptions.ALL, store.roots(folder, List.of()), paths -> {}).paths();
  }

  /** Paths come, are asked for, and go; some answers are that they are not here. */
  @Test
  void whatIsSentBesideTheCollectorIsRight() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    try {
                      collect();
                    } catch (IOException e) {
                      problems.add(e.toString());
                    }
                  }
                });
    int right = 0;
    for (int i = 0; i < 200; i++) {
      PathInfo one = add("%032d".formatted(i % 3), i % 2);
      try (Store.Use _ = store.use()) {
        boolean stays = i % 4 == 0 && store.isValid(one.path());
        HttpResponse<byte[]> answer = ask(url(one));
        assertTrue(answer.statusCode() == 200 || (answer.statusCode() == 404 && !stays));
        if (answer.statusCode() == 200) {
          assertTrue(isOf(one, answer.body()));
          right++;
        }
      }
    }
    done.set(true);
    collector.join();
    assertTrue(right > 0);
    assertEquals(List.of(), List.copyOf(problems));
  }

  /** As without files: what has a damaged block breaks off. */
  @Test
  void aDamagedBlockIsNotSent() throws Exception {
    try (Stream<Path> packs = Files.list(folder.resolve("packs"))) {
      for (Path pack : packs.toList()) {
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(pack);
        Files.write(pack, bytes);
      }
    }
    server.close();
    store.close();
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    serve(1 << 30);
    for (int i = 0; i < 4; i++) {
      assertThrows(IOException.class, () -> ask(url(info)));
    }
    assertFalse(Files.exists(file(folder, info)));
    assertTrue(problems.peek().contains("corrupted"), problems.toString());
  }
}
