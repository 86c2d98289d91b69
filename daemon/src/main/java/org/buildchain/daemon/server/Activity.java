package org.buildchain.daemon.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many commands run, and whether the service ends. */
final class Activity {
  private final Duration idle;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int running;
  private boolean stopping;
  private boolean stopWhenIdle;
  private long idleSince = System.nanoTime();

  /**
   * @param idle the time without a command after which the service ends; zero for never
   */
  Activity(Duration idle) {
    this.idle = idle;
  }

  /**
   * Counts a client in; {@link #end} must follow.
   *
   * @param stale whether the client is of another build; then the service ends as soon as nothing
   *     runs
   * @return whether its command may run
   */
  boolean begin(boolean stale) {
    lock.lock();
    try {
      if (stale) {
        if (running == 0) {
          stopping = true;
          changed.signalAll();
        } else {
          stopWhenIdle = true;
        }
      }
      running++;
      return !stopping;
    } finally {
      lock.unlock();
    }
  }

  /** Counts a command out. */
  void end() {
    lock.lock();
    try {
      running--;
      idleSince = System.nanoTime();
      stopping |= stopWhenIdle && running == 0;
      if (stopping) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Begins no command from now on. */
  void stop() {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the service is to end. */
  void awaitStop() throws InterruptedException {
    lock.lock();
    try {
      while (!stopping) {
        if (idle.isZero()) {
          changed.await();
          continue;
        }
        // The end of a command wakes nobody: most daemons are asked again before they may end.
        long since = running > 0 ? System.nanoTime() : idleSince;
        long left = since + idle.toNanos() - System.nanoTime();
        if (left <= 0) {
          stopping = true;
        } else {
          changed.await(left, TimeUnit.NANOSECONDS);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no command runs. */
  void awaitIdle() throws InterruptedException {
    lock.lock();
    try {
      while (running > 0) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
