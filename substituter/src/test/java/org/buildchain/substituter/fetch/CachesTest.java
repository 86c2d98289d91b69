package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Caches that are honest, if not always well. */
class CachesTest extends CacheFixture {
  @Test
  void fetchesWhatIsSigned() throws Exception {
    fetches(substituter(honest(40).url()));
    assertEquals(1, store.query(APP).orElseThrow().signatures().size());
  }

  /** One path is asked for by the thread that wants it, several by others. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void interruptingWhoAsksEndsIt(int paths) throws Exception {
    Server silent = honest(10);
    CountDownLatch asked = new CountDownLatch(1);
    silent.behaviours.put(
        "2222222222222222222222222222222b.narinfo",
        (exchange, file) -> {
          asked.countDown();
          silent.end.await();
        });
    Substituter substituter = substituter(silent.url());
    StorePath other = StorePath.parse("2222222222222222222222222222222c-other");
    Set<StorePath> all = paths == 1 ? Set.of(APP) : Set.of(APP, other);
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    Thread asking =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    substituter.query(all, notes::add);
                    ended.complete(false);
                  } catch (InterruptedException e) {
                    ended.complete(true);
                  }
                });
    asked.await();
    asking.interrupt();
    assertTrue(ended.get(), "it was answered");
    assertEquals(List.of(), List.copyOf(notes));
  }

  /** The first has no way to say which part comes, so only another can go on. */
  @Test
  void whatOneHasBegunTheNextEnds() throws Exception {
    Server first = honest(10);
    Server silent = honest(20);
    Server last = honest(30);
    int half = nar.length / 2;
    first.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          exchange.sendResponseHeaders(200, file.length);
          exchange.getResponseBody().write(file, 0, half);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    silent.behaviours.put("nar/app.nar", (exchange, file) -> exchange.sendResponseHeaders(404, -1));
    ConcurrentLinkedQueue<Integer> begun = new ConcurrentLinkedQueue<>();
    last.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          int from = Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1"));
          begun.add(from);
          exchange
              .getResponseHeaders()
              .set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
          exchange.sendResponseHeaders(206, file.length - from);
          exchange.getResponseBody().write(file, from, file.length - from);
          exchange.getResponseBody().close();
        });
    fetches(substituter(first.url(), silent.url(), last.url()));
    assertTrue(begun.peek() > 0 && begun.peek() <= half, begun.toString());
    noted("goes on at byte " + begun.peek());
  }

  @Test
  void theLowestPriorityIsAskedFirst() throws Exception {
    Server first = honest(10);
    Server second = honest(20);
    fetches(substituter(second.url(), first.url()));
    assertFalse(second.requests.contains("nar/app.nar"), second.requests.toString());
    assertTrue(first.requests.contains("nar/app.nar"));
  }

  @Test
  void theUsersPriorityCountsMore() throws Exception {
    Server first = honest(10);
    Server second = honest(20);
    fetches(substituter(first.url() + "?priority=30", second.url()));
    assertTrue(second.requests.contains("nar/app.nar"));
  }

  /** What a request for {@code s3://} looks like; AwsSignatureTest has the signature itself. */
  @Test
  void requestsToS3AreSigned() throws Exception {
    Server server = honest(40);
    ConcurrentLinkedQueue<String> signed = new ConcurrentLinkedQueue<>();
    for (String name : List.of("nix-cache-info", APP.hashPart() + ".narinfo", "nar/app.nar")) {
      byte[] file = server.files.remove(name);
      server.files.put("my-bucket/" + name, file);
      server.behaviours.put(
          "my-bucket/" + name,
          (exchange, content) -> {
            signed.add(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
          });
    }
    Files.createDirectories(folder.resolve(".aws"));
    Files.writeString(
        folder.resolve(".aws/credentials"),
        "[p]\naws_access_key_id = id\naws_secret_access_key = secret\n");
    String endpoint = server.url().substring("http://".length());
    fetches(
        substituter("s3://my-bucket?region=eu-west-1&scheme=http&profile=p&endpoint=" + endpoint));
    assertEquals(3, signed.size());
    for (String header : signed) {
      assertTrue(
          header.matches(
              "AWS4-HMAC-SHA256 Credential=id/[0-9]{8}/eu-west-1/s3/aws4_request,"
                  + "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=[0-9a-f]{64}"),
          header);
    }
    assertThrows(FormatException.class, () -> substituter("s3://"));
    assertThrows(FormatException.class, () -> substituter("s3://b/../x"));
  }

  @Test
  void severalKeysMustVouchForTheSameContent() throws Exception {
    SecretKey second = SecretKey.generate("second-1");
    List<PublicKey> both = List.of(KEY.publicKey(), second.publicKey());
    Server one = honest(10);
    assertFalse(offered(substituter(2, both, one.url())));
    noted("1 of the keys in 'trusted-public-keys' vouch for it, and 2 must");
    // The same key under another name is no second one.
    PublicKey again = PublicKey.parse(KEY.publicKey().toString().replace("good-1", "again-1"));
    SecretKey renamed = SecretKey.parse(KEY.secret().replace("good-1", "again-1"));
    Server twin = server(20, Optional.of(renamed));
    List<PublicKey> twins = List.of(KEY.publicKey(), again);
    assertFalse(offered(substituter(2, twins, one.url(), twin.url())));
    // Each cache has the signature of one.
    Server other = server(20, Optional.of(second));
    fetches(substituter(2, both, one.url(), other.url()));
  }

  @Test
  void aTransferThatBreaksOffGoesOnWhereItStopped() throws Exception {
    Server server = honest(10);
    ConcurrentLinkedQueue<String> ranges = new ConcurrentLinkedQueue<>();
    server.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
          exchange.getResponseHeaders().set("ETag", "\"1\"");
          if (range == null) {
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file, 0, 150_000);
            exchange.getResponseBody().flush();
            throw new IOException("the connection breaks");
          }
          ranges.add(range + " " + exchange.getRequestHeaders().getFirst("If-Range"));
          int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
          exchange
              .getResponseHeaders()
              .set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
          exchange.sendResponseHeaders(206, file.length - from);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(file, from, file.length - from);
          }
        });
    fetches(substituter(server.url()));
    assertEquals(List.of("bytes=150000- \"1\""), List.copyOf(ranges));
  }

  @Test
  void aPassingTroubleIsTriedAgain() throws Exception {
    Server server = honest(10);
    server.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          server.behaviours.clear();
          exchange.sendResponseHeaders(503, -1);
        });
    fetches(substituter(server.url()));
  }

  @Test
  void anAnswerIsNotAskedForAgain() throws Exception {
    Server server = honest(10);
    StorePath absent = StorePath.parse("3333333333333333333333333333333b-none");
    for (int i = 0; i < 3; i++) {
      assertEquals(
          Set.of(APP), substituter(server.url()).query(Set.of(APP, absent), notes::add).keySet());
    }
    assertEquals(3, server.requests.size(), server.requests.toString());
  }

  @Test
  void aCacheForAnotherFolderIsNone() throws Exception {
    Server server = honest(10);
    server.text("nix-cache-info", "StoreDir: /gnu/store\n");
    assertFalse(offered(substituter(server.url())));
    noted("'/gnu/store'");
  }

  @Test
  void aFolderIsACache() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache/nar")).getParent();
    Files.writeString(cache.resolve("nix-cache-info"), "StoreDir: /nix/store\n");
    Files.writeString(
        cache.resolve(APP.hashPart() + ".narinfo"), info(Optional.of(KEY)).print(StoreDir.DEFAULT));
    Files.write(cache.resolve("nar/app.nar"), nar);
    fetches(substituter("file://" + cache));
  }

  @Test
  void otherUrlsAreRefused() {
    for (String url : List.of("ftp://x", "x", "http://", "file://host/x", "http://x?priority=y")) {
      assertThrows(FormatException.class, () -> substituter(url), url);
    }
  }

  /**
   * A fixed output in a cache for another store folder: what Nix 2.8 wrote for {@code nix --store
   * 'file:///…?store=/fnord/store' store add-file x} of a file "hello\\n", and the path here that
   * {@code nix-store --print-fixed-path} gives.
   */
  @Test
  void fixedOutputsComeFromCachesForOtherStoreFolders() throws Exception {
    Server server = new Server(40);
    servers.add(server);
    server.text("nix-cache-info", "StoreDir: /fnord/store\n");
    String hash = "sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw";
    String flat = "00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq";
    String narinfo =
        "StorePath: /fnord/store/dkpp4xcf8d06igz2grk3x5yqhnw6nr77-x\nURL: nar/x.nar\n"
            + "Compression: none\nNarHash: "
            + hash
            + "\nNarSize: 120\nReferences: \nCA: fixed:sha256:"
            + flat
            + "\n";
    server.text("dkpp4xcf8d06igz2grk3x5yqhnw6nr77.narinfo", narinfo);
    ByteArrayOutputStream nar = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(nar::write);
    writer.begin();
    writer.beginFile(false, 6);
    writer.content("hello\n".getBytes(StandardCharsets.US_ASCII), 0, 6);
    writer.endFile(6);
    server.files.put("nar/x.nar", nar.toByteArray());
    StorePath here = StorePath.parse("974pyy65p8annw3kp4ibcknbhz1pndwm-x");
    ContentAddress address =
        new ContentAddress(IngestionMethod.FLAT, Hash.parse("sha256:" + flat, Optional.empty()));

    // Without the parameter it is a cache for others, and without the address it has no such path.
    Substituter other = substituter(server.url());
    other.address(here, address);
    assertFalse(other.query(Set.of(here), notes::add).containsKey(here));
    noted("is for the store folder '/fnord/store', not '/nix/store'");
    Substituter named = substituter(server.url() + "?store=/fnord/store");
    assertFalse(named.query(Set.of(here), notes::add).containsKey(here));
    // One that has other content by that name is not believed.
    Substituter wrong = substituter(server.url() + "?store=/fnord/store");
    wrong.address(
        here, new ContentAddress(IngestionMethod.NAR, Hash.parse(hash, Optional.empty())));
    assertFalse(wrong.query(Set.of(here), notes::add).containsKey(here));
    named.address(here, address);
    assertTrue(named.query(Set.of(here), notes::add).containsKey(here), notes.toString());
    named.fetch(here, notes::add);
    try (InputStream in = ((FileTree.Regular) store.open(here)).open()) {
      assertEquals("hello\n", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
    assertEquals(Optional.of(address), store.query(here).orElseThrow().contentAddress());
  }
}
