package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.hash.NixBase32;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.ServerOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A cache that takes uploads, over a store of its own, and a client of it. */
abstract class UploadFixture {
  static final String TOKEN = "token-for-the-test-of-uploads";
  static final String RIGHT = "Bearer " + TOKEN;
  static final String HASH = "m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg";

  final HttpClient client = HttpClient.newHttpClient();
  final BlockingQueue<Served> watched = new LinkedBlockingQueue<>();
  final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  @TempDir Path folder;
  DiskStore store;
  CacheServer server;

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    server = serve();
  }

  CacheServer serve() throws IOException {
    return new CacheServer(
        store,
        new BuildLogs(folder.resolve("logs")),
        ServerOptions.of(
            folder, List.of(), 1 << 20, Optional.empty(), Optional.of(new Token(TOKEN))),
        problems::add,
        watched::add);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    store.close();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofMinutes(1));
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.address().getPort() + "/" + path;
  }

  HttpResponse<Void> get(String path) throws Exception {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.discarding());
  }

  HttpResponse<Void> send(String path, String authorization, String range, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        request(path)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
            .header("Authorization", authorization);
    if (!range.isEmpty()) {
      request.header("Content-Range", range);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding());
  }

  int put(String path, String authorization, byte[] body) throws Exception {
    return send(path, authorization, "", body).statusCode();
  }

  int part(String path, byte[] nar, int from, int to) throws Exception {
    String range = "bytes " + from + "-" + (to - 1) + "/" + nar.length;
    return send(path, RIGHT, range, Arrays.copyOfRange(nar, from, to)).statusCode();
  }

  /** How much of a file that is not whole is said to be here. */
  String offset(String path) throws Exception {
    HttpResponse<Void> head =
        client.send(
            request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.discarding());
    assertEquals(404, head.statusCode());
    return head.headers().firstValue("Upload-Offset").orElse("none");
  }

  List<String> left() throws IOException {
    try (Stream<Path> left = Files.list(folder.resolve("uploads"))) {
      return left.map(p -> p.getFileName().toString()).toList();
    }
  }

  static String hash(byte[] bytes) {
    return NixBase32.encode(HashAlgorithm.SHA256.newDigest().digest(bytes));
  }

  static byte[] info(byte[] nar, String url) {
    return ("StorePath: /nix/store/"
            + HASH
            + "-x\nURL: "
            + url
            + "\nCompression: none\nNarHash: sha256:"
            + hash(nar)
            + "\nNarSize: "
            + nar.length
            + "\nReferences: \n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
