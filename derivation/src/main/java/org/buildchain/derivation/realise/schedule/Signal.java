package org.buildchain.derivation.realise.schedule;

/** Wakes those who wait for something to change. Thread-safe. */
public final class Signal {
  private long raised;

  /** How often it was raised: to be asked for before looking at what may change. */
  public synchronized long count() {
    return raised;
  }

  /** Wakes all who wait. */
  public synchronized void raise() {
    raised++;
    notifyAll();
  }

  /** Waits until it was raised more often than {@code seen} times, or the time is over. */
  public synchronized void await(long seen, long millis) throws InterruptedException {
    if (raised == seen) {
      wait(millis);
    }
  }
}
