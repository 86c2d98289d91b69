package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight writers, eight readers and a collector that never rests, killed at random moments: what was
 * pinned is there and whole after each.
 */
@Tag("slow")
class CollectorStressTest {
  private static final int SECONDS = 130;

  /** A round that may end with the collector's work has this long; a busy machine takes some. */
  private static final int PATIENCE_MINUTES = 5;

  @TempDir Path temp;

  @Test
  void nothingThatIsPinnedOrInUseIsLost() throws Exception {
    Path root = temp.resolve("root");
    Random random = new Random(17);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    long removed = 0;
    for (int rounds = 0; System.nanoTime() < end || removed == 0; rounds++) {
      int milliseconds = 3 + random.nextInt(12_000);
      // Every third life lasts until the collector has removed something, and a moment longer.
      removed +=
          rounds % 3 == 2
              ? runUntilRemoved(root, rounds, milliseconds / 10)
              : run(root, rounds, milliseconds);
      verify(root, rounds);
    }
  }

  private static void verify(Path root, int round) throws Exception {
    try (DiskStore store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC())) {
      List<String> problems = new ArrayList<>();
      assertEquals(0, store.verify(problems::add), "round " + round + ": " + problems);
      try (var pins = Files.list(root.resolve("pins/per-user/stress/bc"))) {
        for (Path pin : pins.toList()) {
          StorePath path = StorePath.parse(Files.readSymbolicLink(pin).getFileName().toString());
          assertTrue(store.isValid(path), "round " + round + " lost " + path);
        }
      }
    }
  }

  private static long run(Path root, int seed, int milliseconds) throws Exception {
    try (Life life = new Life(root, seed)) {
      life.last(milliseconds);
      return life.kill();
    }
  }

  private static long runUntilRemoved(Path root, int seed, int milliseconds) throws Exception {
    try (Life life = new Life(root, seed)) {
      assertTrue(
          life.someRemoved.await(PATIENCE_MINUTES, TimeUnit.MINUTES),
          "the collector removed nothing in " + PATIENCE_MINUTES + " minutes");
      life.last(milliseconds);
      return life.kill();
    }
  }

  /** A process of {@link StressWorker}. */
  private static final class Life implements AutoCloseable {
    private final Process process;
    private final Thread listener;
    private final CountDownLatch someRemoved = new CountDownLatch(1);
    private final AtomicLong removed = new AtomicLong();
    private final AtomicReference<String> problem = new AtomicReference<>("");

    Life(Path root, int seed) throws Exception {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin/java").toString(),
                  "-Xmx1g",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "--add-opens=java.base/java.nio=ALL-UNNAMED",
                  "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  StressWorker.class.getName(),
                  root.toString(),
                  Integer.toString(seed))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
      assertEquals("begun", out.readLine());
      listener = Thread.ofPlatform().start(() -> listen(out));
    }

    /** A line for each collection, or what went wrong. */
    private void listen(BufferedReader out) {
      try {
        for (String line; (line = out.readLine()) != null; ) {
          if (!line.matches("\\d{1,9}")) {
            problem.set(line);
            return;
          }
          if (removed.addAndGet(Long.parseLong(line)) > 0) {
            someRemoved.countDown();
          }
        }
      } catch (IOException e) {
        // The process was killed, and its output closed: what came before is counted.
      }
    }

    void last(int milliseconds) throws Exception {
      if (process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) {
        listener.join();
        throw new AssertionError("it ended with " + process.exitValue() + ": " + problem.get());
      }
    }

    /** Gives how many paths the collector has said that it removed. */
    long kill() throws Exception {
      close();
      process.waitFor();
      listener.join();
      assertEquals("", problem.get());
      return removed.get();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
