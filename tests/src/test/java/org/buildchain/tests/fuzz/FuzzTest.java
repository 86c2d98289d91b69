package org.buildchain.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.buildchain.store.car.CarWriter;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.substituter.http.HttpTarget;
import org.buildchain.tests.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs Jazzer on each reader in a process of its own, all at once, for as many seconds as the
 * property {@code fuzz.seconds} says. An input that makes a reader do what it must not is shown in
 * the failure, and then becomes a test of that reader.
 */
class FuzzTest {
  private static final long SECONDS = Long.getLong("fuzz.seconds", 60);
  private static final List<Class<?>> TARGETS =
      List.of(
          ParserTarget.class,
          ATermTarget.class,
          NarTarget.class,
          NarInfoTarget.class,
          WorkerTarget.class,
          CarTarget.class,
          GatewayTarget.class,
          HttpTarget.class,
          DiffTarget.class);
  private static final Path EXPRESSIONS = Path.of("src/test/resources");
  private static final Path DERIVATIONS =
      Path.of("../derivation/src/test/resources/org/buildchain/derivation/corpus.drvs");

  @TempDir static Path temporary;

  private static final Map<Class<?>, Future<Command.Result>> RUNS = new HashMap<>();
  private static final ExecutorService RUNNERS = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeAll
  static void start() {
    TARGETS.forEach(t -> RUNS.put(t, RUNNERS.submit(() -> run(t))));
  }

  @AfterAll
  static void end() {
    RUNNERS.close();
  }

  static List<Class<?>> targets() {
    return TARGETS;
  }

  /** As long as it was asked for: other tests end after ten minutes. */
  @ParameterizedTest
  @MethodSource("targets")
  @Timeout(value = 7, unit = TimeUnit.DAYS)
  void findsNothing(Class<?> target) throws Exception {
    Command.Result r = RUNS.get(target).get();
    assertEquals(0, r.status(), () -> r.out() + r.err());
  }

  private static Command.Result run(Class<?> target) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve(target.getSimpleName()));
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    seed(target, corpus);
    return Command.run(
        folder,
        Map.of(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xss4m",
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.getName(),
            "--instrumentation_includes=org.buildchain.**",
            corpus.toString(),
            "-max_total_time=" + SECONDS,
            "-max_len=4096",
            "-rss_limit_mb=0"));
  }

  private static void seed(Class<?> target, Path corpus) throws IOException {
    if (target == ParserTarget.class) {
      try (var files = Files.walk(EXPRESSIONS)) {
        for (Path p : files.filter(f -> f.toString().endsWith(".nix")).toList()) {
          Files.copy(p, corpus.resolve(p.toString().replace('/', '_')));
        }
      }
    } else if (target == ATermTarget.class) {
      for (String line : Files.readAllLines(DERIVATIONS, StandardCharsets.ISO_8859_1)) {
        int space = line.indexOf(' ');
        Files.writeString(
            corpus.resolve(line.substring(0, space)),
            line.substring(space + 1),
            StandardCharsets.ISO_8859_1);
      }
    } else if (target == WorkerTarget.class) {
      seedRequests(corpus);
    } else if (target == NarInfoTarget.class) {
      Files.writeString(
          corpus.resolve("narinfo"),
          """
          StorePath: /nix/store/mq3k82cxic59kh1dfgx85ds0kk51c8mg-top-1.0
          URL: nar/02rlfsrlbvhbk079jhdi7kaibf1nrs86cc56bwh0shzl4bq183ir.nar.xz
          Compression: xz
          FileHash: sha256:02rlfsrlbvhbk079jhdi7kaibf1nrs86cc56bwh0shzl4bq183ir
          FileSize: 216
          NarHash: sha256:0k7zy5c00s9ca8i3hqmskbrha2bja2r08ykcb6mi3hkn4p0vh2d2
          NarSize: 224
          References: 5y5hbp8sa6fj894cy38wybrcibj01qv8-dep
          Deriver: kq5wr4g7nvjs0aw25592fmpba2z803g2-top-1.0.drv
          Sig: cache.example-1:V3+Y+NppWAx4IAxB0z1g
          CA: fixed:r:sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw
          """);
    } else if (target == CarTarget.class) {
      try (var out = Files.newOutputStream(corpus.resolve("car"))) {
        Block block = Block.of(Cid.Codec.RAW, new byte[] {1, 2, 3});
        CarWriter writer = new CarWriter(out);
        writer.begin(block.cid());
        writer.block(block);
      }
    } else if (target == HttpTarget.class) {
      Files.writeString(
          corpus.resolve("requests"),
          "GET /a%20b?c HTTP/1.1\r\nHost: x\r\n\r\n"
              + "PUT /a HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"
              + "PUT http://x/b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3;x=y\r\nabc\r\n0\r\nTrailer: x\r\n\r\nHEAD / HTTP/1.0\r\n\r\n");
    } else if (target == GatewayTarget.class) {
      // A folder of dag-pb without entries.
      Files.writeString(
          corpus.resolve("request"),
          "/a/b\nformat=car&dag-scope=entity&entity-bytes=0:*\n"
              + "application/vnd.ipld.car; dups=y\n\n\2\10\1",
          StandardCharsets.ISO_8859_1);
    } else {
      try (var out = Files.newOutputStream(corpus.resolve("nar"))) {
        Nar.write(
            DiskTree.of(EXPRESSIONS.resolve("same-as-nix/src").toAbsolutePath().toString()),
            (data, offset, length) -> {
              try {
                out.write(data, offset, length);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
    }
  }

  /** Each request by itself, with what a client could mean. */
  private static void seedRequests(Path corpus) throws IOException {
    String path = "/nix/store/mq3k82cxic59kh1dfgx85ds0kk51c8mg-top-1.0";
    for (long operation = 1; operation <= 47; operation++) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      word(request, operation);
      text(request, operation == 7 ? "name" : path);
      text(request, "fixed:r:sha256");
      word(request, 1);
      text(request, path);
      word(request, 0);
      Files.write(corpus.resolve("operation-" + operation), request.toByteArray());
    }
  }

  private static void word(ByteArrayOutputStream to, long value) {
    to.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private static void text(ByteArrayOutputStream to, String text) {
    word(to, text.length());
    to.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    to.writeBytes(new byte[-text.length() & 7]);
  }
}
