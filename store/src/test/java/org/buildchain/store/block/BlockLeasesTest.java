package org.buildchain.store.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.buildchain.store.ipld.Cid;
import org.junit.jupiter.api.Test;

class BlockLeasesTest {
  private static final Cid A = Cid.of(Cid.Codec.RAW, new byte[] {1});
  private static final Cid B = Cid.of(Cid.Codec.RAW, new byte[] {2});

  private final BlockLeases leases = new BlockLeases();

  @Test
  void aSlowRemovalKeepsOnlyThoseWaitingWhoWantThatBlock() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    try (var executor = Executors.newCachedThreadPool()) {
      Future<?> removal =
          executor.submit(
              () -> {
                leases.unlessLeased(
                    A,
                    () -> {
                      begun.countDown();
                      await(goOn);
                      order.add("removed");
                    });
                return null;
              });
      begun.await();
      // While it lasts: would this wait, the test would never end.
      assertTrue(leases.lease(B, () -> true));
      Future<Boolean> same =
          executor.submit(
              () -> {
                boolean there = leases.lease(A, () -> false);
                order.add("leased");
                return there;
              });
      goOn.countDown();
      removal.get();
      assertFalse(same.get());
    }
    assertEquals(List.of("removed", "leased"), order);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsLeasedIsNotRemoved() throws Exception {
    leases.lease(A, () -> true);
    assertEquals(List.of(B), leases.condemn(List.of(A, B)));
    leases.unlessLeased(A, () -> order("must not run"));
    leases.release(List.of(A));
    assertEquals(List.of(A), leases.condemn(List.of(A)));
    assertFalse(leases.lease(A, () -> true));
  }

  private static void order(String problem) {
    throw new AssertionError(problem);
  }
}
