package org.buildchain.derivation.realise.schedule;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;

/** Places that go to whoever has the highest rank, and among equals to who came first. */
public final class RankedPlaces {
  private record Waiter(int rank, long number, CountDownLatch granted) {}

  private final PriorityQueue<Waiter> waiters =
      new PriorityQueue<>(
          Comparator.comparingInt((Waiter w) -> -w.rank()).thenComparingLong(Waiter::number));
  private int free;
  private long next;

  /** So many places, all of them free. */
  public RankedPlaces(int count) {
    this.free = count;
  }

  /** Waits for a place. Each is given back by {@link #release}. */
  public void acquire(int rank) throws InterruptedException {
    acquire(rank, () -> {});
  }

  /**
   * Waits for a place.
   *
   * @param inLine is run when it is certain who comes first: this one, or who came before
   */
  public void acquire(int rank, Runnable inLine) throws InterruptedException {
    Waiter waiter;
    synchronized (this) {
      if (tryAcquire()) {
        inLine.run();
        return;
      }
      waiter = new Waiter(rank, next++, new CountDownLatch(1));
      waiters.add(waiter);
      inLine.run();
    }
    try {
      waiter.granted().await();
    } catch (InterruptedException e) {
      synchronized (this) {
        if (!waiters.remove(waiter)) {
          release();
        }
      }
      throw e;
    }
  }

  /** Takes a place if one is free now, whoever waits. */
  public synchronized boolean tryAcquire() {
    boolean taken = free > 0;
    if (taken) {
      free--;
    }
    return taken;
  }

  /** Gives a place back, to whoever is first in line. */
  public synchronized void release() {
    if (waiters.isEmpty()) {
      free++;
    } else {
      waiters.poll().granted().countDown();
    }
  }
}
