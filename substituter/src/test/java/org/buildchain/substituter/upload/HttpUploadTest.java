package org.buildchain.substituter.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.substituter.ServerOptions;
import org.buildchain.substituter.net.CacheUrl;
import org.buildchain.substituter.net.Netrc;
import org.buildchain.substituter.serve.CacheServer;
import org.buildchain.substituter.serve.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sending to {@code bc serve}. */
class HttpUploadTest {
  private static final String TOKEN = "token-for-the-test-of-uploads";
  private static final int SIZE = 8 << 20;

  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir private Path folder;
  private DiskStore from;
  private DiskStore to;
  private CacheServer server;
  private PathInfo info;

  @BeforeEach
  void open() throws IOException {
    from = new DiskStore(folder.resolve("from"), StoreDir.DEFAULT, Clock.systemUTC());
    to = new DiskStore(folder.resolve("to"), StoreDir.DEFAULT, Clock.systemUTC());
    byte[] content = new byte[SIZE];
    new Random(5).nextBytes(content);
    info =
        from.query(
                from.addTree(
                    "x", new MemoryFile(content, false), IngestionMethod.NAR, HashAlgorithm.SHA256))
            .orElseThrow();
    server =
        new CacheServer(
            to,
            new BuildLogs(folder.resolve("logs")),
            ServerOptions.of(
                folder, List.of(), 1 << 20, Optional.empty(), Optional.of(new Token(TOKEN))),
            problem -> {},
            request -> {});
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    from.close();
    to.close();
  }

  private List<StorePath> upload(String place, String token) throws IOException {
    return upload(place, token, List.of(info));
  }

  private List<StorePath> upload(String place, String token, List<PathInfo> objects)
      throws IOException {
    List<StorePath> begun = Collections.synchronizedList(new ArrayList<>());
    CacheUrl url = CacheUrl.parse(place);
    CacheFiles files =
        new Destinations(
                client,
                Optional.of(Netrc.parse("machine 127.0.0.1 login x password " + token)),
                Duration.ofMinutes(1),
                Files.createDirectories(spool()),
                Map.of(),
                folder)
            .open(url);
    ClosureUpload.send(
        from,
        objects,
        files,
        UploadOptions.of(url, StoreDir.DEFAULT, file -> null, warning -> {}),
        begun::add);
    return begun;
  }

  private Path spool() {
    return folder.resolve("spool");
  }

  private String url() {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  @Test
  void theOtherStoreHasIt() throws IOException {
    assertEquals(List.of(info.path()), upload(url(), TOKEN));
    assertEquals(List.of(), upload(url(), TOKEN));
    assertEquals(info.narHash(), to.query(info.path()).orElseThrow().narHash());
    assertEquals(0, to.verify(problem -> {}));
    for (String left : List.of("uploads", "spool")) {
      try (Stream<Path> files = Files.list(folder.resolve(left))) {
        assertEquals(0, files.count());
      }
    }
  }

  @Test
  void whatIsCutGoesOnWhereItStopped() throws IOException {
    try (CutConnection cut = new CutConnection(server.address(), SIZE / 4, 2)) {
      upload(cut.url() + "?compression=zstd", TOKEN);
      assertEquals(0, cut.cutsLeft());
      assertEquals(info.narHash(), to.query(info.path()).orElseThrow().narHash());
      // Random bytes do not compress. Whoever begins anew sends twice as much.
      assertTrue(cut.sent() < SIZE * 3L / 2, cut.sent() + " bytes were sent");
    }
  }

  /** Their files have one name, and the server gives a file up with the first narinfo. */
  @Test
  void pathsAreSentThatHaveOneContent() throws IOException {
    List<PathInfo> alike = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      MemoryFile file = new MemoryFile(new byte[1], false);
      StorePath path = from.addTree("alike-" + i, file, IngestionMethod.NAR, HashAlgorithm.SHA256);
      alike.add(from.query(path).orElseThrow());
    }
    upload(url(), TOKEN, alike);
    alike.forEach(a -> assertTrue(to.isValid(a.path())));
  }

  @Test
  void refusalsAreTold() {
    String message = assertThrows(IOException.class, () -> upload(url(), "another")).getMessage();
    assertTrue(message.contains("HTTP error 401: uploads need the token"), message);
    assertTrue(message.contains(StoreDir.DEFAULT.print(info.path())), message);
    assertFalse(to.isValid(info.path()));
  }
}
