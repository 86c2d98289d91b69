package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

  @TempDir Path temp;

  @Test
  void nothingThatIsPinnedOrInUseIsLost() throws Exception {
    Path root = temp.resolve("root");
    Random random = new Random(17);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    int rounds = 0;
    long removed = 0;
    while (System.nanoTime() < end) {
      removed += run(root, rounds++, 3 + random.nextInt(12_000));
      try (DiskStore store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC())) {
        List<String> problems = new ArrayList<>();
        assertEquals(0, store.verify(problems::add), "round " + rounds + ": " + problems);
        try (var pins = Files.list(root.resolve("pins/per-user/stress/bc"))) {
          for (Path pin : pins.toList()) {
            StorePath path = StorePath.parse(Files.readSymbolicLink(pin).getFileName().toString());
            assertTrue(store.isValid(path), "round " + rounds + " lost " + path);
          }
        }
      }
    }
    assertTrue(removed > 0, "the collector never removed anything");
  }

  /** Runs the processes' work in one, kills it; gives how many paths the collector removed. */
  private static long run(Path root, int seed, int milliseconds) throws Exception {
    Process process =
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
    try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
      // It says when it has begun, then a line for each collection, or what went wrong.
      assertEquals("begun", out.readLine());
      CompletableFuture<long[]> lines =
          CompletableFuture.supplyAsync(
              () -> {
                long[] removed = {0};
                out.lines()
                    .forEach(
                        line -> {
                          if (!line.matches("\\d{1,9}")) {
                            throw new AssertionError(line);
                          }
                          removed[0] += Long.parseLong(line);
                        });
                return removed;
              });
      if (process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the worker ended with " + process.exitValue());
      }
      process.destroyForcibly();
      process.waitFor();
      return lines.handle((removed, e) -> check(removed, e)).get();
    } finally {
      process.destroyForcibly();
    }
  }

  private static long check(long[] removed, Throwable problem) {
    if (problem != null && problem.getCause() instanceof AssertionError e) {
      throw e;
    }
    return removed == null ? 0 : removed[0];
  }
}
