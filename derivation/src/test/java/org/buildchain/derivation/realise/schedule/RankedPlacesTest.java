package org.buildchain.derivation.realise.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RankedPlacesTest {
  private final RankedPlaces places = new RankedPlaces(1);
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  /** One who waits already. */
  private Thread waiter(String name, int rank) {
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    places.acquire(rank);
                    order.add(name);
                    places.release();
                  } catch (InterruptedException e) {
                    order.add(name + " interrupted");
                  }
                });
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  @Test
  void theHighestRankComesFirstAndAmongEqualsTheFirst() throws Exception {
    assertTrue(places.tryAcquire());
    List<Thread> waiters =
        List.of(waiter("low", 1), waiter("high", 5), waiter("later", 5), waiter("higher", 6));
    assertFalse(places.tryAcquire());
    places.release();
    for (Thread waiter : waiters) {
      waiter.join();
    }
    assertEquals(List.of("higher", "high", "later", "low"), order);
  }

  @Test
  void whoIsInterruptedTakesNoPlaceAway() throws Exception {
    assertTrue(places.tryAcquire());
    Thread waiter = waiter("gone", 1);
    waiter.interrupt();
    waiter.join();
    assertEquals(List.of("gone interrupted"), order);
    places.release();
    assertTrue(places.tryAcquire());
  }
}
