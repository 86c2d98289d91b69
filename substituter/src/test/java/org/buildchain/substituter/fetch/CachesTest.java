package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.buildchain.derivation.realise.Substituter;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.net.Netrc;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches that are honest, and caches that lie, break off, stall, or want what is not theirs. */
class CachesTest {
  private static final StorePath APP = StorePath.parse("2222222222222222222222222222222b-app");
  private static final SecretKey KEY = SecretKey.generate("good-1");
  private static final int SIZE = 200_000;

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();
  private final List<Server> servers = new ArrayList<>();
  private final byte[] nar = nar();
  private DiskStore store;
  private Caches caches;

  /** A cache whose files are in memory, and that may do anything. */
  private static final class Server implements AutoCloseable {
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
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

  private static byte[] nar() {
    byte[] content = new byte[SIZE];
    new Random(2).nextBytes(content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginFile(false, SIZE);
    writer.content(content, 0, SIZE);
    writer.endFile(SIZE);
    return out.toByteArray();
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
  private NarInfo info(Optional<SecretKey> key) {
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

  private Server server(int priority, Optional<SecretKey> key) throws IOException {
    Server server = new Server(priority);
    servers.add(server);
    server.text(APP.hashPart() + ".narinfo", info(key).print(StoreDir.DEFAULT));
    server.files.put("nar/app.nar", nar);
    return server;
  }

  private Server honest(int priority) throws IOException {
    return server(priority, Optional.of(KEY));
  }

  private Substituter substituter(String... urls) {
    return substituter(1, List.of(KEY.publicKey()), urls);
  }

  private Substituter substituter(int signatures, List<PublicKey> trusted, String... urls) {
    return caches.substituter(
        new Caches.Options(
            List.of(urls),
            trusted,
            true,
            signatures,
            Duration.ofSeconds(2),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Optional.empty(),
            false),
        store);
  }

  private boolean offered(Substituter substituter) throws InterruptedException {
    return substituter.query(Set.of(APP), notes::add).containsKey(APP);
  }

  private void fetches(Substituter substituter) throws Exception {
    assertTrue(offered(substituter), notes.toString());
    substituter.fetch(APP, notes::add);
    try (InputStream in = ((FileTree.Regular) store.open(APP)).open()) {
      assertEquals(SIZE, in.readAllBytes().length);
    }
    assertEquals(0, store.verify(problem -> {}));
  }

  private void noted(String text) {
    assertTrue(notes.stream().anyMatch(n -> n.contains(text)), notes.toString());
  }

  @Test
  void fetchesWhatIsSigned() throws Exception {
    fetches(substituter(honest(40).url()));
    assertEquals(1, store.query(APP).orElseThrow().signatures().size());
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

  @Test
  void whatIsNotSignedByATrustedKeyIsNotOffered() throws Exception {
    assertFalse(offered(substituter(server(40, Optional.empty()).url())));
    noted("not signed by any of the keys in 'trusted-public-keys'");
    // A key of the same name is another key.
    Server other = server(40, Optional.of(SecretKey.generate("good-1")));
    assertFalse(offered(substituter(other.url())));
    assertTrue(offered(substituter(other.url() + "?trusted=1")));
  }

  /** What a hostile cache says of {@code APP}, with a signature that a trusted key has made. */
  private void isRefused(String narinfo, byte[] file, String why) throws Exception {
    Server hostile = new Server(40);
    servers.add(hostile);
    hostile.text(APP.hashPart() + ".narinfo", narinfo);
    hostile.files.put("nar/app.nar", file);
    Substituter substituter = substituter(hostile.url());
    if (offered(substituter)) {
      assertThrows(IOException.class, () -> substituter.fetch(APP, notes::add));
    }
    noted(why);
    assertFalse(store.isValid(APP));
    notes.clear();
  }

  private static String signed(byte[] nar, long size) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, nar);
    byte[] fingerprint =
        new Fingerprint(StoreDir.DEFAULT, APP, hash, size, new TreeSet<>()).bytes();
    return new NarInfo(
            APP,
            "nar/app.nar",
            "none",
            Optional.empty(),
            OptionalLong.empty(),
            hash,
            size,
            new TreeSet<>(),
            Optional.empty(),
            List.of(KEY.sign(fingerprint)),
            Optional.empty())
        .print(StoreDir.DEFAULT);
  }

  private static byte[] folder(String... names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginDirectory();
    for (String name : names) {
      writer.beginEntry(name);
      writer.symlink("x");
      writer.endEntry();
    }
    writer.endDirectory();
    return out.toByteArray();
  }

  @Test
  void hostileNarsAreRefusedAndNothingIsStored() throws Exception {
    for (String[] names :
        List.of(
            new String[] {"b", "a"},
            new String[] {"a", "a"},
            new String[] {".."},
            new String[] {"."},
            new String[] {"../x"},
            new String[] {"/etc"},
            new String[] {"a\0b"},
            new String[] {"A", "a~nix~case~hack~1"},
            new String[] {""})) {
      byte[] bad = folder(names);
      isRefused(signed(bad, bad.length), bad, "cannot fetch");
    }
    // What other systems take for the same name is two names here, and comes back as two.
    byte[] two = folder("A", "a");
    Server cases = new Server(40);
    servers.add(cases);
    cases.text(APP.hashPart() + ".narinfo", signed(two, two.length));
    cases.files.put("nar/app.nar", two);
    substituter(cases.url()).fetch(APP, notes::add);
    assertEquals(2, ((FileTree.Directory) store.open(APP)).entries().size());
  }

  @Test
  void aNarThatDeclaresMoreThanThereIsRoomForIsRefused() throws Exception {
    // The head of a file of 1 TiB.
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginFile(false, 1L << 40);
    byte[] bomb = out.toByteArray();
    isRefused(signed(bomb, bomb.length), bomb, "cannot fetch");
    isRefused(signed(bomb, (1L << 40) + 200), bomb, "cannot fetch");
  }

  @Test
  void whatSpeaksOfAnotherPathOrAnOlderBuildIsRefused() throws Exception {
    StorePath other = StorePath.parse("%032d-other-1.0".formatted(7));
    String mine = signed(nar, nar.length);
    isRefused(mine.replace(APP.toString(), other.toString()), nar, "is about");
    // The signature was made for the path of another build of the same name.
    StorePath older = StorePath.parse("%032d-%s".formatted(8, APP.name()));
    byte[] fingerprint =
        new Fingerprint(
                StoreDir.DEFAULT,
                older,
                Hash.of(HashAlgorithm.SHA256, nar),
                nar.length,
                new TreeSet<>())
            .bytes();
    isRefused(
        mine.replaceAll("Sig: .*", "Sig: " + KEY.sign(fingerprint).replace("$", "")),
        nar,
        "not signed by any of the keys");
    isRefused(mine.replace("nar/app.nar", "../../etc/passwd"), nar, "stays within the cache");
    isRefused(mine.replaceAll("NarSize: .*", "NarSize: 0"), nar, "NarSize");
    isRefused(mine + "NarSize: 5\n", nar, "stands twice");
  }

  /** A server that wants a name and a password, and sends who has them elsewhere for the NAR. */
  @Test
  void passwordsOfANetrcFileReachTheirHostAlone() throws Exception {
    Server closed = honest(40);
    Server elsewhere = honest(50);
    String narinfo = APP.hashPart() + ".narinfo";
    ConcurrentLinkedQueue<String> leaked = new ConcurrentLinkedQueue<>();
    for (String name : List.of("nix-cache-info", narinfo, "nar/app.nar")) {
      closed.behaviours.put(
          name,
          (exchange, file) -> {
            boolean moved = name.startsWith("nar/");
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            boolean known = "Basic bWU6c2VjcmV0".equals(given);
            exchange.getResponseHeaders().set("Location", elsewhere.url() + "/" + name);
            exchange.sendResponseHeaders(
                !known ? 401 : moved ? 302 : 200, known && !moved ? file.length : -1);
            if (known && !moved) {
              exchange.getResponseBody().write(file);
            }
            exchange.close();
          });
    }
    elsewhere.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          leaked.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
          exchange.sendResponseHeaders(200, file.length);
          exchange.getResponseBody().write(file);
          exchange.close();
        });
    assertFalse(offered(substituter(closed.url())));
    // A new one remembers nothing.
    caches.close();
    store.close();
    open();
    Substituter known =
        caches.substituter(
            new Caches.Options(
                List.of(closed.url() + "?a=b"),
                List.of(KEY.publicKey()),
                true,
                1,
                Duration.ofSeconds(2),
                Duration.ofHours(1),
                Duration.ZERO,
                Optional.of(Netrc.parse("machine 127.0.0.1 login me password secret")),
                false),
            store);
    fetches(known);
    assertEquals(List.of(), List.copyOf(leaked));
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
  void aSignatureOfAnotherPathIsNone() throws Exception {
    Server server = honest(40);
    String text = info(Optional.of(KEY)).print(StoreDir.DEFAULT);
    server.text(APP.hashPart() + ".narinfo", text.replace("NarSize: 2", "NarSize: 3"));
    assertFalse(offered(substituter(server.url())));
    Server renamed = honest(40);
    renamed.text(APP.hashPart() + ".narinfo", text.replace("b-app", "b-bad"));
    assertFalse(offered(substituter(renamed.url())));
    noted("is about '/nix/store/2222222222222222222222222222222b-bad'");
    Server malformed = honest(40);
    malformed.text(APP.hashPart() + ".narinfo", text + "x");
    assertFalse(offered(substituter(malformed.url())));
    noted("its last line has no end");
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
  void whoVouchesForAnotherContentDoesNotCount() throws Exception {
    SecretKey second = SecretKey.generate("second-1");
    Server one = honest(10);
    Server other = server(20, Optional.of(second));
    Hash hash = Hash.of(HashAlgorithm.SHA256, new byte[1]);
    byte[] fingerprint = new Fingerprint(StoreDir.DEFAULT, APP, hash, 1, new TreeSet<>()).bytes();
    NarInfo info = info(Optional.empty());
    other.text(
        APP.hashPart() + ".narinfo",
        new NarInfo(
                APP,
                info.url(),
                "none",
                Optional.empty(),
                OptionalLong.empty(),
                hash,
                1,
                new TreeSet<>(),
                Optional.empty(),
                List.of(second.sign(fingerprint)),
                Optional.empty())
            .print(StoreDir.DEFAULT));
    List<PublicKey> both = List.of(KEY.publicKey(), second.publicKey());
    assertFalse(offered(substituter(2, both, one.url(), other.url())));
    assertTrue(offered(substituter(1, both, one.url(), other.url())));
  }

  @Test
  void aCacheThatLiesIsLeftForTheNext() throws Exception {
    Server liar = honest(10);
    byte[] other = nar.clone();
    other[1000] ^= 1;
    liar.files.put("nar/app.nar", other);
    fetches(substituter(liar.url(), honest(20).url()));
    noted("hash mismatch");
  }

  @Test
  void aCacheThatHasLostItIsLeftForTheNext() throws Exception {
    Server forgetful = honest(10);
    forgetful.files.remove("nar/app.nar");
    fetches(substituter(forgetful.url(), honest(20).url()));
    noted("there is no 'nar/app.nar'");
  }

  @Test
  void aCacheThatStallsIsLeftForTheNext() throws Exception {
    Server stalling = honest(10);
    stalling.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          exchange.sendResponseHeaders(200, file.length);
          exchange.getResponseBody().write(file, 0, 1000);
          exchange.getResponseBody().flush();
          stalling.end.await();
        });
    fetches(substituter(stalling.url(), honest(20).url()));
    noted("stalled");
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
  void nobodyIsLeft() throws Exception {
    Server forgetful = honest(10);
    forgetful.files.remove("nar/app.nar");
    Substituter substituter = substituter(forgetful.url());
    assertTrue(offered(substituter));
    assertThrows(IOException.class, () -> substituter.fetch(APP, notes::add));
    assertFalse(store.isValid(APP));
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
}
