package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.car.CarReader;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.substituter.ServerOptions;
import org.buildchain.substituter.net.Tls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheServerTest {
  private static final int SIZE = 9 << 20;
  private static final String TOKEN = "a token of some length";

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private DiskStore store;
  private CacheServer server;
  private PathInfo info;

  @BeforeEach
  void open() throws IOException {
    byte[] content = new byte[SIZE];
    new Random(1).nextBytes(content);
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    StorePath path =
        store.addTree(
            "x", new MemoryFile(content, false), IngestionMethod.NAR, HashAlgorithm.SHA256);
    info = store.query(path).orElseThrow();
    serve(1 << 30);
  }

  private void serve(long keep) throws IOException {
    serve(keep, Optional.empty());
  }

  private void serve(long keep, Optional<SSLContext> tls) throws IOException {
    server =
        new CacheServer(
            store,
            new BuildLogs(folder.resolve("logs")),
            ServerOptions.of(folder, List.of(), keep, tls, Optional.of(new Token(TOKEN))),
            problems::add,
            request -> {});
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    store.close();
  }

  private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + path);
    return client.send(
        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private String nar(Compression compression) {
    return NarName.of(info) + compression.suffix();
  }

  /** A block in the middle of the file is not what its name says. */
  private void damage() throws IOException {
    try (Stream<Path> blocks = Files.list(folder.resolve("blocks"))) {
      Path block = blocks.sorted().skip(3).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(block);
      bytes[5] ^= 1;
      Files.delete(block);
      Files.write(block, bytes);
    }
    // What has been read is in memory, and right.
    server.close();
    store.close();
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    serve(1 << 30);
  }

  @Test
  void anAnswerThatBreaksOffDoesNotLookComplete() throws Exception {
    damage();
    for (Compression compression : List.of(Compression.NONE, Compression.ZSTD)) {
      assertThrows(IOException.class, () -> get(nar(compression)), compression.toString());
    }
    assertTrue(problems.peek().contains("corrupted"), problems.toString());
    assertEquals(200, get("nix-cache-info").statusCode());
  }

  /** Which coding a plain NAR comes in. */
  private String coded(String accepted) throws IOException, InterruptedException {
    URI uri =
        URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + nar(Compression.NONE));
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(uri).header("Accept-Encoding", accepted).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals("Accept-Encoding", answer.headers().firstValue("Vary").orElse(""));
    String coding = answer.headers().firstValue("Content-Encoding").orElse("");
    if (coding.equals("zstd")) {
      byte[] plain =
          new ZstdInputStream(new ByteArrayInputStream(answer.body()))
              .readNBytes((int) info.narSize() + 1);
      assertArrayEquals(info.narHash().bytes(), HashAlgorithm.SHA256.newDigest().digest(plain));
    }
    return coding;
  }

  @Test
  void theClientChoosesTheCoding() throws Exception {
    assertEquals("zstd", coded("zstd, br, gzip, deflate, bzip2, xz"));
    assertEquals(Compression.XZ, ContentCoding.choose("xz, zstd;q=0.5", Compression.ZSTD));
    assertEquals("", coded("gzip"));
    assertEquals("", coded("zstd;q=0"));
    assertEquals("", coded("identity, zstd;q=0.9"));
  }

  /** Of a file with references some blocks go out as they are, others do not, and small ones. */
  @Test
  void partsOfANarAreThoseOfTheWhole() throws Exception {
    byte[] content = new byte[5 << 20];
    new Random(2).nextBytes(content);
    byte[] reference = info.path().hashPart().getBytes(StandardCharsets.US_ASCII);
    for (int at : new int[] {0, (1 << 20) - 10, (3 << 20) + 5, content.length - 32}) {
      System.arraycopy(reference, 0, content, at, reference.length);
    }
    StorePath path = new StorePath("0".repeat(32), "y");
    info =
        store
            .addObjects(
                List.of(
                    new NewObject(
                        path,
                        new MemoryFile(content, true),
                        Set.of(info.path()),
                        Optional.empty(),
                        false,
                        Optional.empty())))
            .getFirst();
    assertEquals(1, info.references().size());
    // An hour later: blocks are sent as files once no change of them can be hidden by the clock.
    server.close();
    store.close();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    store = new DiskStore(folder, StoreDir.DEFAULT, later);
    serve(1 << 30);
    for (int round = 0; round < 2; round++) {
      byte[] nar = get(nar(Compression.NONE)).body();
      assertArrayEquals(info.narHash().bytes(), HashAlgorithm.SHA256.newDigest().digest(nar));
      for (int from : new int[] {0, 100, 200, (1 << 20) + 90, 3 << 20, nar.length - 20}) {
        for (int length : new int[] {1, 50, 70_000, 2 << 20}) {
          int to = Math.min(from + length, nar.length);
          assertArrayEquals(Arrays.copyOfRange(nar, from, to), part(from, to - 1));
        }
      }
    }
  }

  private byte[] part(int first, int last) throws Exception {
    URI uri =
        URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + nar(Compression.NONE));
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(uri).header("Range", "bytes=" + first + "-" + last).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(206, answer.statusCode());
    return answer.body();
  }

  @Test
  void aCompressedNarIsMadeOnceAndKept() throws Exception {
    String name = nar(Compression.ZSTD);
    byte[] first = get(name).body();
    Path file = folder.resolve("cache").resolve(name.substring("nar/".length()));
    assertArrayEquals(first, Files.readAllBytes(file));
    // From now on its length is known, and it comes from the file.
    HttpResponse<byte[]> second = get(name);
    assertArrayEquals(first, second.body());
    assertEquals(first.length, second.headers().firstValueAsLong("content-length").orElseThrow());
    byte[] plain =
        new ZstdInputStream(new ByteArrayInputStream(first)).readNBytes((int) info.narSize() + 1);
    assertArrayEquals(info.narHash().bytes(), HashAlgorithm.SHA256.newDigest().digest(plain));
  }

  @Test
  void noMoreIsKeptThanAskedFor() throws Exception {
    server.close();
    serve(1 << 20);
    assertTrue(get(nar(Compression.ZSTD)).body().length > SIZE);
    server.close();
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void aNarOfAnotherHashIsNotHere() throws Exception {
    String name = nar(Compression.NONE);
    String other = name.replace("-" + info.narHash().toString().substring(7), "-" + "0".repeat(52));
    assertEquals(404, get(other).statusCode());
    assertEquals(404, get("nar/" + "0".repeat(32) + name.substring(36)).statusCode());
    for (String wrong : List.of("nar/x", "nar/", "x.narinfo", "log/x", "realisations/x.doi", "x")) {
      assertEquals(404, get(wrong).statusCode(), wrong);
    }
  }

  @Test
  void requestsThatAreNoneAreRefused() throws IOException {
    for (String request :
        List.of(
            "GET /../../../etc/passwd HTTP/1.1\r\n\r\n",
            "GET /nar/..%2f..%2fetc%2fpasswd HTTP/1.1\r\n\r\n",
            "GET /%zz HTTP/1.1\r\n\r\n",
            "GET /" + "a".repeat(5000) + " HTTP/1.1\r\n\r\n",
            "DELETE /nix-cache-info HTTP/1.1\r\n\r\n",
            "\0\1\2\3\r\n\r\n")) {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 4".length());
        assertEquals("HTTP/1.1 4", new String(line, StandardCharsets.US_ASCII), request);
      }
    }
  }

  private HttpResponse<byte[]> get(String path, String accept)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + path);
    return client.send(
        HttpRequest.newBuilder(uri).header("Accept", accept).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static List<String> cids(byte[] car) throws IOException {
    CarReader reader = new CarReader(new ByteArrayInputStream(car));
    List<String> cids = new ArrayList<>();
    for (Optional<Block> block; (block = reader.next()).isPresent(); ) {
      cids.add(block.get().cid().toString());
    }
    return cids;
  }

  @Test
  void blocksAreServedByCid() throws Exception {
    String cid = store.treeCid(info.path());
    HttpResponse<byte[]> raw = get("ipfs/" + cid, "application/vnd.ipld.raw");
    assertEquals(cid, Cid.of(Cid.Codec.DAG_PB, raw.body()).toString());
    assertArrayEquals(raw.body(), get("ipfs/" + cid + "?format=raw").body());
    assertEquals("application/vnd.ipld.raw", raw.headers().firstValue("content-type").get());
    assertEquals(
        "attachment; filename=\"" + cid + ".bin\"",
        raw.headers().firstValue("content-disposition").get());
    String absent = Cid.of(Cid.Codec.RAW, new byte[] {9}).toString();
    assertEquals(404, get("ipfs/" + absent + "?format=raw").statusCode());
    assertEquals(404, get("ipfs/" + absent + "?format=car").statusCode());
    assertEquals(400, get("ipfs/bafy?format=raw").statusCode());
    assertEquals(406, get("ipfs/" + cid).statusCode());
    assertEquals(404, get("ipfs/" + cid + "/a?format=raw").statusCode());
  }

  @Test
  void carFilesHoldWhatIsAskedFor() throws Exception {
    String cid = store.treeCid(info.path());
    String object = info.object();
    // The file's node and nine chunks of 1 MiB; the object's own block.
    HttpResponse<byte[]> car = get("ipfs/" + cid, "application/vnd.ipld.car; version=1");
    assertEquals(10, cids(car.body()).size());
    assertEquals(cid, cids(car.body()).getFirst());
    assertEquals(10, cids(get("ipfs/" + cid + "?format=car&dag-scope=entity").body()).size());
    assertEquals(List.of(cid), cids(get("ipfs/" + cid + "?format=car&dag-scope=block").body()));
    assertEquals(11, cids(get("ipfs/" + object + "?format=car").body()).size());
    assertEquals(
        List.of(object), cids(get("ipfs/" + object + "?format=car&dag-scope=entity").body()));
    assertEquals(400, get("ipfs/" + cid + "?format=car&dag-scope=x").statusCode());
    assertEquals(406, get("ipfs/" + cid + "?format=car&car-version=2").statusCode());
  }

  @Test
  void speaksTlsWithThePemFilesOfAWebServer() throws Exception {
    PemFiles files = PemFiles.make(folder.resolve("pem"));
    Path certificate = files.certificate();
    Path key = files.key();
    server.close();
    serve(0, Optional.of(Tls.server(certificate, key)));

    try (HttpClient https = HttpClient.newBuilder().sslContext(files.believer()).build()) {
      URI uri =
          URI.create(
              "https://127.0.0.1:" + server.address().getPort() + "/" + nar(Compression.NONE));
      byte[] nar =
          https
              .send(
                  HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .body();
      assertArrayEquals(info.narHash().bytes(), HashAlgorithm.SHA256.newDigest().digest(nar));
    }
    assertThrows(FormatException.class, () -> Tls.server(certificate, certificate));
    assertThrows(FormatException.class, () -> Tls.server(key, key));
  }
}
