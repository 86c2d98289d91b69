package org.buildchain.derivation.realise;

/** Wakes those who wait for something to change. Thread-safe. */
final class Signal {
  private long raised;

  /** How often it was raised: to be asked for before looking at what may change. */
  synchronized long count() {
    return raised;
  }

  synchronized void raise() {
    raised++;
    notifyAll();
  }

  /** Waits until it was raised more often than {@code seen} times, or the time is over. */
  synchronized void await(long seen, long millis) throws InterruptedException {
    if (raised == seen) {
      wait(millis);
    }
  }
}
