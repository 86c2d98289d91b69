package org.buildchain.store.database;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs a task once nothing has happened for a while. Thread-safe. */
final class Settler implements AutoCloseable {
  private final long quiet;
  private final Runnable task;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor thread;
  private volatile long last;

  /**
   * @param task is run again after the next thing that happens where it fails
   */
  Settler(Duration quiet, Runnable task) {
    this.quiet = quiet.toNanos();
    this.task = task;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("settler").factory());
    // After the end nothing is to be run any more.
    thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    thread.setKeepAliveTime(1, TimeUnit.SECONDS);
    thread.allowCoreThreadTimeOut(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Something happened. */
  void touch() {
    last = System.nanoTime();
    if (waiting.compareAndSet(false, true)) {
      look(quiet);
    }
  }

  private void look(long delay) {
    thread.schedule(this::lookAgain, delay, TimeUnit.NANOSECONDS);
  }

  private void lookAgain() {
    long left = last + quiet - System.nanoTime();
    if (left > 0) {
      look(left);
      return;
    }
    waiting.set(false);
    task.run();
  }

  /** Ends it; waits for a task that runs. */
  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = false;
    for (boolean ended = false; !ended; ) {
      try {
        ended = thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
