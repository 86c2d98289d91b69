package org.buildchain.store.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SharedTurnsTest {
  private final SharedTurns<String> turns = new SharedTurns<>();
  private final List<List<String>> taken = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Thread> by = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  private void turn(List<String> tasks) {
    taken.add(tasks);
    tasks.forEach(t -> by.put(t, Thread.currentThread()));
    if (tasks.contains("first")) {
      begun.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Comes with a task, and returns once its thread waits. */
  private Thread come(String task, boolean here) throws InterruptedException {
    Thread thread = Thread.ofPlatform().start(() -> turns.run(task, here, this::turn));
    threads.add(thread);
    if (task.equals("first")) {
      begun.await();
    }
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private void end() throws InterruptedException {
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void allWhoComeDuringATurnShareTheNext() throws Exception {
    come("first", false);
    Thread second = come("second", false);
    come("third", false);
    come("fourth", false);
    end();
    assertEquals(List.of(List.of("first"), List.of("second", "third", "fourth")), taken);
    assertEquals(Set.of(second), new HashSet<>(List.of(by.get("third"), by.get("fourth"))));
  }

  @Test
  void whatOnlyItsThreadMayDoItDoes() throws Exception {
    come("first", false);
    come("second", false);
    Thread own = come("own", true);
    come("third", false);
    end();
    assertEquals(List.of(List.of("first"), List.of("second", "third"), List.of("own")), taken);
    assertEquals(own, by.get("own"));
  }

  @Test
  void whoMustDoItItselfTakesOthersAlong() throws Exception {
    come("first", false);
    Thread own = come("own", true);
    come("second", false);
    come("other", true);
    end();
    assertEquals(List.of(List.of("first"), List.of("own", "second"), List.of("other")), taken);
    assertEquals(own, by.get("second"));
  }

  @Test
  void theNextTurnComesAfterOneThatFailed() throws Exception {
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    turns.run(
                        "failing",
                        false,
                        tasks -> {
                          throw new IllegalStateException("no");
                        });
                  } catch (IllegalStateException e) {
                    by.put("failing", Thread.currentThread());
                  }
                });
    thread.join();
    turns.run("second", false, this::turn);
    assertTrue(by.containsKey("failing"));
    assertEquals(List.of(List.of("second")), taken);
  }
}
