package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several callers who want the same: none waits for what is none of theirs, or for ever. */
@Timeout(60)
class SharedBuildsTest {
  private static final BuildSettings ONE_PLACE = TestSettings.jobs(1);

  private final Workshop shop;

  SharedBuildsTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  private static int succeed(Workshop.Run run) throws Exception {
    run.write("out", "made");
    return 0;
  }

  private StorePath fixed(String name, String way, AtomicInteger runs) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes("made"));
    return shop.draft(name)
        .env("script", name + way)
        .output("out", new DerivationOutput.Fixed(new ContentAddress(IngestionMethod.FLAT, hash)))
        .add(
            run -> {
              runs.incrementAndGet();
              return succeed(run);
            });
  }

  /** Its name decides when one with one place builds it. */
  private StorePath counted(String name, List<String> runs) {
    return shop.draft(name)
        .add(
            run -> {
              runs.add(name);
              return succeed(run);
            });
  }

  /** Waits until a caller is told that something runs. */
  private static BuildEvent.Listener started(StorePath drv, CountDownLatch latch) {
    return event -> {
      if (event instanceof BuildEvent.Started s && s.derivation().equals(drv)) {
        latch.countDown();
      }
    };
  }

  private StorePath held(String name, CountDownLatch begun, Semaphore go) {
    return shop.draft(name)
        .add(
            run -> {
              begun.countDown();
              go.acquire();
              return succeed(run);
            });
  }

  @Test
  void twoWithOnePlaceEachWhoMeetInOppositeOrders() throws Exception {
    for (int round = 0; round < 50; round++) {
      List<String> runs = Collections.synchronizedList(new ArrayList<>());
      List<StorePath> names = new ArrayList<>();
      for (String name : List.of("a", "b", "c", "d", "e", "f")) {
        names.add(counted(name + round, runs));
      }
      StorePath last =
          shop.draft("last" + round)
              .needs("one", names.get(0), "out")
              .needs("two", names.get(5), "out")
              .add(SharedBuildsTest::succeed);
      StorePath other =
          shop.draft("0last" + round)
              .needs("two", names.get(1), "out")
              .needs("one", names.get(4), "out")
              .add(SharedBuildsTest::succeed);
      List<StorePath> first = new ArrayList<>(List.of(last, other));
      first.addAll(names);
      List<StorePath> second = new ArrayList<>(names.reversed());
      second.addAll(List.of(other, last));

      Caller one = new Caller(shop, ONE_PLACE, first);
      Caller two = new Caller(shop, ONE_PLACE, second);
      one.outputs();
      two.outputs();

      assertEquals(6, runs.size(), runs.toString());
      assertEquals(6, Set.copyOf(runs).size());
    }
  }

  /** Each builds first what the other has last. */
  @Test
  void eachHasBegunWhatTheOtherWantsNext() throws Exception {
    CountDownLatch xBegun = new CountDownLatch(1);
    CountDownLatch yBegun = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    StorePath x = held("x", xBegun, go);
    StorePath y = held("y", yBegun, go);
    StorePath both =
        shop.draft("both").needs("x", x, "out").needs("y", y, "out").add(SharedBuildsTest::succeed);
    Caller one = new Caller(shop, ONE_PLACE, List.of(x));
    xBegun.await();
    Caller two = new Caller(shop, ONE_PLACE, List.of(y));
    yBegun.await();
    CountDownLatch seen = new CountDownLatch(2);
    BuildEvent.Listener joined =
        event -> {
          if (event instanceof BuildEvent.Started) {
            seen.countDown();
          }
        };
    Caller three = new Caller(shop, ONE_PLACE, List.of(both), joined);
    seen.await();
    go.release(2);

    assertEquals(one.outputs().keySet(), two.outputs().keySet());
    assertEquals(1, three.outputs().size());
  }

  @Test
  void whoHasAPlaceDoesNotWaitForThatOfAnother() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    StorePath slow = held("a-slow", begun, go);
    StorePath wanted = shop.draft("b-wanted").add(SharedBuildsTest::succeed);
    Caller one = new Caller(shop, ONE_PLACE, List.of(slow, wanted));
    begun.await();
    // It stands behind the slow one in the other's order.
    Caller two = new Caller(shop, ONE_PLACE, List.of(wanted));

    assertEquals(1, two.outputs().size());
    go.release();
    assertEquals(1, one.outputs().size());
  }

  @Test
  void itGoesOnInTheOthersPlaceWhenItsOwnerLeaves() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Semaphore never = new Semaphore(0);
    StorePath slow = held("a-slow", begun, never);
    CountDownLatch wantedBegun = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    StorePath wanted = held("b-wanted", wantedBegun, go);
    Caller one = new Caller(shop, ONE_PLACE, List.of(slow, wanted));
    begun.await();
    CountDownLatch told = new CountDownLatch(1);
    Caller two = new Caller(shop, ONE_PLACE, List.of(wanted), started(wanted, told));
    told.await();
    wantedBegun.await();
    one.interrupt();
    assertThrows(InterruptedException.class, one::outputs);
    go.release();

    assertEquals(1, two.outputs().size());
  }

  @Test
  void whoTakesNoEventsHoldsNobodyUp() throws Exception {
    // More than are kept for one who is behind.
    int lines = 20_000;
    CountDownLatch begun = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  begun.countDown();
                  go.acquire();
                  for (int i = 0; i < lines; i++) {
                    run.print("line " + i + "\n");
                  }
                  return succeed(run);
                });
    CountDownLatch stuck = new CountDownLatch(1);
    Semaphore resume = new Semaphore(0);
    BuildEvent.Listener suspended =
        event -> {
          if (event instanceof BuildEvent.Started) {
            stuck.countDown();
            resume.acquireUninterruptibly();
          }
        };
    Caller one = new Caller(shop, Workshop.SETTINGS, List.of(drv), suspended);
    stuck.await();
    begun.await();
    CountDownLatch told = new CountDownLatch(1);
    Caller two = new Caller(shop, Workshop.SETTINGS, List.of(drv), started(drv, told));
    told.await();
    go.release();

    assertEquals(1, two.outputs().size());
    assertEquals(lines, two.lines().size());
    resume.release();
    assertEquals(two.outputs(), one.outputs());
  }

  @Test
  void aFailureOnOthersTermsIsNotOurs() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    // As a time-out would end the first.
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  if (runs.incrementAndGet() == 1) {
                    begun.countDown();
                    go.acquire();
                    return 1;
                  }
                  return succeed(run);
                });
    Caller one = new Caller(shop, TestSettings.keepFailed(), List.of(drv));
    begun.await();
    CountDownLatch told = new CountDownLatch(2);
    Caller two = new Caller(shop, Workshop.SETTINGS, List.of(drv), started(drv, told));
    Caller three = new Caller(shop, TestSettings.keepFailed(), List.of(drv), started(drv, told));
    told.await();
    go.release();

    assertThrows(BuildException.class, one::outputs);
    assertEquals(1, two.outputs().size());
    assertThrows(BuildException.class, three::outputs);
    assertTrue(runs.get() == 2, "ran " + runs);
  }

  @Test
  void whatAnotherBuildsWhileThePlanIsMade() throws Exception {
    StorePath a = shop.draft("a").add(SharedBuildsTest::succeed);
    StorePath b = shop.draft("b").floating("out").add(SharedBuildsTest::succeed);
    AtomicInteger asked = new AtomicInteger();
    // Asked for b, after a was seen to be invalid.
    Substituter slow =
        new Substituter() {
          @Override
          public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes) {
            return Map.of();
          }

          @Override
          public Map<Store.RealisationId, Realised> realisation(
              Store.RealisationId id,
              Function<Store.RealisationId, Optional<StorePath>> known,
              Consumer<String> notes)
              throws InterruptedException {
            // The first question is for the top.
            if (asked.incrementAndGet() == 2) {
              shop.realise(a);
            }
            return Map.of();
          }

          @Override
          public void fetch(StorePath path, Consumer<String> notes) {
            throw new AssertionError("nothing is offered");
          }
        };
    StorePath top =
        shop.draft("top").needs("a", a, "out").needs("b", b, "out").add(SharedBuildsTest::succeed);

    assertEquals(1, shop.realise(TestSettings.substituter(slow, false), top).size());
  }

  @Test
  void twoDerivationsOfOneOutputPathDoNotWaitForEachOther() throws Exception {
    // In one request, with one place: the second holds the path while the first has the turn.
    for (int round = 0; round < 50; round++) {
      AtomicInteger runs = new AtomicInteger();
      List<StorePath> same = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        same.add(fixed("fixed" + round, "way" + i, runs));
      }
      assertEquals(4, shop.realise(ONE_PLACE, same.toArray(StorePath[]::new)).size());
      assertEquals(1, runs.get());
    }
  }
}
