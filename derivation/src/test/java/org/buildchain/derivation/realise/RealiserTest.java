package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.PathInfo;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealiserTest {
  private final Workshop shop;

  RealiserTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  private static int succeed(Workshop.Run run) throws Exception {
    run.write("out", "made");
    return 0;
  }

  @Test
  void buildsAndRecordsTheOutput() throws Exception {
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  run.print("working\n");
                  run.write("out", "I am " + run.env("out"));
                  return 0;
                });

    StorePath out = shop.out(drv);

    PathInfo info = shop.store.query(out).orElseThrow();
    assertEquals("I am " + shop.print(out), shop.store.read(out));
    assertEquals(new TreeSet<>(List.of(out)), info.references());
    assertEquals(Optional.of(drv), info.deriver());
    assertEquals(
        List.of(
            new BuildEvent.Planned(List.of(drv)),
            new BuildEvent.Started(drv, BuildMode.NORMAL),
            new BuildEvent.LogLine(drv, "working"),
            new BuildEvent.Finished(drv, outputs(out))),
        shop.events);
    assertEquals("working\n", Octets.of(shop.logs.open(drv).orElseThrow().readAllBytes()));
    try (Stream<Path> left = Files.list(shop.buildRoot)) {
      assertEquals(0, left.count());
    }
  }

  private static SortedMap<String, StorePath> outputs(StorePath out) {
    return new TreeMap<>(Map.of("out", out));
  }

  @Test
  void whatIsValidIsNotBuiltAgain() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  runs.incrementAndGet();
                  return succeed(run);
                });

    assertEquals(shop.out(drv), shop.out(drv));
    assertEquals(1, runs.get());
    assertEquals(List.of(), shop.plan(built(drv)));
  }

  private static DerivedPath built(StorePath drv) {
    return new DerivedPath.Built(drv, new TreeSet<>());
  }

  @Test
  void inputsComeFirstAndTheirClosureIsShown() throws Exception {
    StorePath lib = shop.draft("lib").add(RealiserTest::succeed);
    StorePath tool =
        shop.draft("tool")
            .needs("lib", lib, "out")
            .add(
                run -> {
                  run.write("out", run.env("lib"));
                  return 0;
                });
    StorePath[] seen = new StorePath[2];
    StorePath user =
        shop.draft("user")
            .needs("tool", tool, "out")
            .add(
                run -> {
                  List<String> inputs = List.copyOf(run.job().inputs());
                  assertEquals(2, inputs.size());
                  seen[0] = StorePath.parse(inputs.get(0));
                  seen[1] = StorePath.parse(inputs.get(1));
                  run.write("out", "no references");
                  return 0;
                });

    assertEquals(List.of(lib, tool, user), shop.plan(built(user)));
    StorePath out = shop.out(user);

    assertTrue(shop.store.query(out).orElseThrow().references().isEmpty());
    assertEquals(
        new TreeSet<>(List.of("lib", "tool")),
        new TreeSet<>(List.of(seen[0].name(), seen[1].name())));
  }

  @Test
  void independentBuildsRunAtTheSameTime() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    Workshop.Script meet =
        run -> {
          both.await();
          return succeed(run);
        };
    StorePath a = shop.draft("a").add(meet);
    StorePath b = shop.draft("b").add(meet);

    assertEquals(2, shop.realise(a, b).size());
  }

  @Test
  void noMoreThanJobsRunAtATime() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    StorePath[] drvs = new StorePath[12];
    for (int i = 0; i < drvs.length; i++) {
      drvs[i] =
          shop.draft("n" + i)
              .add(
                  run -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    now.decrementAndGet();
                    return succeed(run);
                  });
    }

    shop.realise(TestSettings.jobs(2), drvs);

    assertTrue(most.get() <= 2, "ran " + most.get());
  }

  @Test
  void theSameDerivationAskedForTwiceIsBuiltOnce() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch started = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  runs.incrementAndGet();
                  run.print("first\n");
                  started.countDown();
                  go.acquire();
                  run.print("second\n");
                  return succeed(run);
                });
    Caller one = new Caller(shop, drv);
    started.await();
    Caller two = new Caller(shop, drv);
    two.awaitLine("first");
    go.release();

    assertEquals(one.outputs(), two.outputs());
    assertEquals(1, runs.get());
    assertEquals(List.of("first", "second"), one.lines());
    assertEquals(List.of("first", "second"), two.lines());
  }

  @Test
  void whoGoesAwayDoesNotStopTheOther() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  run.print("first\n");
                  started.countDown();
                  go.acquire();
                  return succeed(run);
                });
    Caller one = new Caller(shop, drv);
    started.await();
    Caller two = new Caller(shop, drv);
    two.awaitLine("first");
    one.interrupt();
    assertThrows(InterruptedException.class, one::outputs);
    go.release();

    assertEquals(1, two.outputs().size());
  }

  @Test
  void interruptionStopsTheBuildAndRegistersNothing() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  run.write("out", "half");
                  started.countDown();
                  try {
                    new Semaphore(0).acquire();
                    return 0;
                  } finally {
                    stopped.countDown();
                  }
                });
    Caller caller = new Caller(shop, drv);
    started.await();
    caller.interrupt();

    assertThrows(InterruptedException.class, caller::outputs);
    assertEquals(0, stopped.getCount());
    assertEquals(1, shop.store.allPaths().size());
    try (Stream<Path> left = Files.list(shop.buildRoot)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void severalOutputsAreStoredTogether() throws Exception {
    StorePath drv =
        shop.draft("a")
            .output("dev", new DerivationOutput.Deferred())
            .add(
                run -> {
                  run.write("out", "o");
                  run.write("dev", "see " + run.env("out"));
                  return 0;
                });
    var outputs = shop.realise(drv).get(drv);

    assertEquals(
        new TreeSet<>(List.of(outputs.get("out"))),
        shop.store.query(outputs.get("dev")).orElseThrow().references());
  }

  @Test
  void emptyWorkPublishesNoPlan() throws Exception {
    assertTrue(shop.realise().isEmpty());
    assertFalse(shop.events.stream().anyMatch(BuildEvent.Planned.class::isInstance));
  }
}
