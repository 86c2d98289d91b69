package org.buildchain.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.server.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WarmUpTest {
  @TempDir Path root;

  private final AtomicInteger prepared = new AtomicInteger();
  private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
  private final CountDownLatch first = new CountDownLatch(1);

  /** A command of ours; the first one lasts until it is cut off if {@code endless}. */
  private WarmUp.Commands commands(boolean endless) {
    return new WarmUp.Commands() {
      @Override
      public void prepare() {
        prepared.incrementAndGet();
      }

      @Override
      public int run(Caller caller, KeptEvaluators evaluators) {
        Path folder = Path.of(caller.invocation().args().getLast());
        ran.add(caller.invocation().program() + " " + Files.exists(folder.resolve("default.nix")));
        if (endless && first.getCount() > 0) {
          first.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            ran.add("cut off " + caller.cancelled());
          }
        }
        return 0;
      }
    };
  }

  private Path folder() {
    return root.resolve("cache/warm-up");
  }

  private String next() throws InterruptedException {
    return ran.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void evaluatesItsOwnFilesAndLeavesNothing() throws InterruptedException {
    try (WarmUp warmUp = new WarmUp(c -> 0, commands(false), folder())) {
      warmUp.start();
      for (int i = 0; i < 9; i++) {
        assertEquals("nix-instantiate true", next());
      }
    }
    assertEquals(1, prepared.get());
    assertTrue(ran.isEmpty());
    assertFalse(Files.exists(folder()));
  }

  @Test
  void givesWayToACommandAndGoesOnAfterIt() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    try (WarmUp warmUp =
        new WarmUp(
            c -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return 7;
            },
            commands(true),
            folder())) {
      warmUp.start();
      first.await();
      AtomicInteger status = new AtomicInteger();
      Thread caller =
          Thread.ofVirtual()
              .start(
                  () ->
                      status.set(warmUp.run(new Nobody("bc", List.of("--version"), () -> false))));
      assertEquals("nix-instantiate true", next());
      assertEquals("cut off true", next());
      // Nothing of its own runs while the caller's command does.
      assertTrue(ran.isEmpty());
      end.countDown();
      caller.join();
      assertEquals(7, status.get());
      for (int i = 0; i < 9; i++) {
        assertEquals("nix-instantiate true", next());
      }
    }
    assertFalse(Files.exists(folder()));
  }

  @Test
  void endsAtOnceWhenTheDaemonDoes() throws InterruptedException {
    try (WarmUp warmUp = new WarmUp(c -> 0, commands(true), folder())) {
      warmUp.start();
      first.await();
    }
    assertEquals("nix-instantiate true", next());
    assertEquals("cut off true", next());
    assertTrue(ran.isEmpty());
    assertFalse(Files.exists(folder()));
  }

  @Test
  void isNotThereWhereItHasNotBegun() {
    new WarmUp(c -> 0, commands(false), folder()).close();
    assertEquals(0, prepared.get());
    assertFalse(Files.exists(folder()));
  }
}
