package org.buildchain.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LowDiskTest {
  private static final long TERABYTE = 1L << 40;
  private static final Duration OFTEN = Duration.ofMillis(1);

  @TempDir Path root;
  private final BlockingQueue<CollectOptions> asked = new LinkedBlockingQueue<>();

  private Collected collect(CollectOptions options) {
    asked.add(options);
    return new Collected(List.of(), 1, 1, 0);
  }

  /** Other programs use the disk too: what is free is known to some gigabytes. */
  @Test
  void aDiskThatGetsLowIsFreedUpToTheSetting() throws Exception {
    long free = Files.getFileStore(root).getUsableSpace();
    try (LowDisk _ =
        new LowDisk(root, free + TERABYTE, free + 2 * TERABYTE, this::collect, OFTEN)) {
      CollectOptions options = asked.poll(1, TimeUnit.MINUTES);
      assertNotNull(options);
      long wanted = options.maxFreed().orElseThrow();
      assertTrue(Math.abs(wanted - 2 * TERABYTE) < TERABYTE / 16, "asked for " + wanted);
      assertTrue(options.keepDerivations() && !options.dryRun(), options::toString);
      assertNotNull(asked.poll(1, TimeUnit.MINUTES), "it goes on as long as the disk is low");
    }
  }

  @Test
  void enoughIsLeftAloneAndSoIsADiskWithoutASetting() throws Exception {
    try (LowDisk _ = new LowDisk(root, 0, TERABYTE, this::collect, OFTEN);
        LowDisk _ = new LowDisk(root, 1, TERABYTE, this::collect, OFTEN);
        LowDisk _ = new LowDisk(root, Long.MAX_VALUE, 0, o -> ended(), OFTEN)) {
      // The third has looked a few times by then, at the same pace as the second.
      for (int i = 0; i < 3; i++) {
        assertNotNull(looks.poll(1, TimeUnit.MINUTES));
      }
    }
    assertEquals(0, asked.size());
  }

  private final BlockingQueue<Boolean> looks = new LinkedBlockingQueue<>();

  private Collected ended() {
    looks.add(true);
    return new Collected(List.of(), 0, 0, 0);
  }
}
