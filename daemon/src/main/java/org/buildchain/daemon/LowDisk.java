package org.buildchain.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;

/**
 * Collects when the store's disk gets low: when less than {@code min-free} bytes are free, until
 * {@code max-free} are. With {@code min-free} 0 never.
 */
final class LowDisk implements AutoCloseable {
  private static final int SECONDS = 5;

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

  LowDisk(Path root, long minFree, long maxFree, Collecting collecting) {
    this.root = root;
    this.minFree = minFree;
    this.maxFree = maxFree;
    this.collecting = collecting;
    if (minFree > 0) {
      timer.scheduleWithFixedDelay(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
    }
  }

  private void look() {
    try {
      long free = Files.getFileStore(root).getUsableSpace();
      if (free < minFree) {
        Collected collected =
            collecting.run(CollectOptions.freeing(Math.max(maxFree, minFree) - free));
        System.err.printf(
            "low disk: %d bytes were free; deleted %d store paths, %d bytes%n",
            free, collected.paths().size(), collected.bytes());
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
