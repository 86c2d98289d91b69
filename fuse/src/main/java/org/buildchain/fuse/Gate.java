package org.buildchain.fuse;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Lets requests through to a view until it is shut. */
final class Gate {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean shut;

  /** Begins a request, if the gate is open; {@link #leave} ends it in either case. */
  boolean enter() {
    lock.readLock().lock();
    return !shut;
  }

  void leave() {
    lock.readLock().unlock();
  }

  boolean isShut() {
    return shut;
  }

  /**
   * Lets no further request through and waits for those under way.
   *
   * @return whether all of them ended within {@code seconds}
   */
  boolean shut(int seconds) {
    shut = true;
    try {
      if (!lock.writeLock().tryLock(seconds, TimeUnit.SECONDS)) {
        return false;
      }
      lock.writeLock().unlock();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
