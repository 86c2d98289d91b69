package org.buildchain.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;

/**
 * Collects when the store's disk gets low: when less than {@code min-free} bytes are free, until
 * {@code max-free} are. With {@code min-free} 0 never. Where that frees nothing it waits twice as
 * long each time before it tries again: a collection looks at all that lives.
 */
final class LowDisk implements AutoCloseable {
  /** How often the daemon looks. */
  static final Duration EVERY = Duration.ofSeconds(5);

  /** At most so many looks pass between two collections of a disk that stays low. */
  private static final int MOST_PASSED = 128;

  /** Runs a collection. */
  @FunctionalInterface
  interface Collecting {
    Collected run(CollectOptions options) throws IOException;
  }

  private final Path root;
  private final long minFree;
  private final long maxFree;
  private final Collecting collecting;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("bc-low-disk").factory());

  private int passing;
  private int passed;

  /**
   * @param every how long it rests between two looks
   */
  LowDisk(Path root, long minFree, long maxFree, Collecting collecting, Duration every) {
    this.root = root;
    this.minFree = minFree;
    this.maxFree = maxFree;
    this.collecting = collecting;
    if (minFree > 0) {
      timer.scheduleWithFixedDelay(
          this::look, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    try {
      long free = Files.getFileStore(root).getUsableSpace();
      if (free >= minFree) {
        passing = 0;
        passed = 0;
      } else if (passed < passing) {
        passed++;
      } else {
        Collected collected =
            collecting.run(CollectOptions.freeing(Math.max(maxFree, minFree) - free));
        System.err.printf(
            "low disk: %d bytes were free; deleted %d store paths, %d bytes%n",
            free, collected.paths().size(), collected.bytes());
        passing = collected.bytes() > 0 ? 0 : Math.clamp(passing * 2L, 1, MOST_PASSED);
        passed = 0;
      }
    } catch (IOException | StoreException e) {
      System.err.println("low disk: cannot collect: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      timer.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
