package org.buildchain.derivation.realise.schedule;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One goal's share in the places for its caller's builders. Where there is one place, goals take it
 * in the order in which they were started, as in Nix.
 */
public sealed interface Jobs permits Jobs.Any, Jobs.InOrder, Jobs.Kept, Jobs.Watched, JointJobs {
  /** Waits for a place, and for those started before unless they have {@linkplain #pass passed}. */
  void acquire() throws InterruptedException;

  /** Takes a place if that needs no waiting. */
  boolean tryAcquire();

  /** Gives the place back: its builder is over. */
  void release();

  /** Gives the place back, in which nothing has run. */
  default void giveBack() {
    release();
  }

  /**
   * Says that somebody else does the goal's work, or that it is done: whoever was started later no
   * longer waits for it. It may still take a place.
   */
  void pass();

  /**
   * A share whose owner is told when the goal has had its place, or {@linkplain #pass passed}.
   *
   * @param left is run then, more than once perhaps
   */
  record Watched(Jobs jobs, Runnable left) implements Jobs {
    @Override
    public void acquire() throws InterruptedException {
      jobs.acquire();
    }

    @Override
    public boolean tryAcquire() {
      return jobs.tryAcquire();
    }

    @Override
    public void release() {
      jobs.release();
      left.run();
    }

    @Override
    public void giveBack() {
      jobs.giveBack();
      left.run();
    }

    @Override
    public void pass() {
      jobs.pass();
      left.run();
    }
  }

  /**
   * A share that keeps its place when its builder is {@linkplain #release over}, until the goal is.
   *
   * @param held whether it has the place
   */
  record Kept(Jobs jobs, AtomicBoolean held) implements Jobs {
    @Override
    public void acquire() throws InterruptedException {
      if (!held.get()) {
        jobs.acquire();
        held.set(true);
      }
    }

    @Override
    public boolean tryAcquire() {
      if (!held.get()) {
        held.set(jobs.tryAcquire());
      }
      return held.get();
    }

    @Override
    public void release() {}

    @Override
    public void giveBack() {
      if (held.getAndSet(false)) {
        jobs.release();
      }
    }

    @Override
    public void pass() {
      jobs.pass();
    }
  }

  /** Places that go first to what most others wait for. */
  record Any(RankedPlaces places, int rank) implements Jobs {
    @Override
    public void acquire() throws InterruptedException {
      places.acquire(rank);
    }

    @Override
    public boolean tryAcquire() {
      return places.tryAcquire();
    }

    @Override
    public void release() {
      places.release();
    }

    @Override
    public void pass() {}
  }

  /**
   * The only place, taken in order.
   *
   * @param before open once all that were started before have had their turn
   * @param after what the next one waits for
   */
  record InOrder(RankedPlaces place, CountDownLatch before, CountDownLatch after) implements Jobs {
    @Override
    public void acquire() throws InterruptedException {
      before.await();
      place.acquire(0, after::countDown);
    }

    @Override
    public boolean tryAcquire() {
      boolean taken = before.getCount() == 0 && place.tryAcquire();
      if (taken) {
        after.countDown();
      }
      return taken;
    }

    @Override
    public void release() {
      place.release();
    }

    @Override
    public void pass() {
      after.countDown();
    }
  }
}
