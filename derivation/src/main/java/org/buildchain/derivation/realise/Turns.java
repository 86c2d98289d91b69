package org.buildchain.derivation.realise;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is held while a builder runs on this machine.
 *
 * @param caller the caller's builders
 * @param machine everybody's
 * @param freed is raised whenever a place gets free, here or elsewhere
 */
record Turns(Jobs caller, Semaphore machine, Signal freed) {
  /** Both, until closed the first time. */
  interface Turn extends Builder.Admitted {}

  /** Waits for both. */
  Turn take() throws InterruptedException {
    caller.acquire();
    try {
      machine.acquire();
    } catch (InterruptedException e) {
      caller.giveBack();
      throw e;
    }
    return held();
  }

  /** Both, if they are free now. */
  Optional<Turn> takeIfFree() {
    if (!caller.tryAcquire()) {
      return Optional.empty();
    }
    if (!machine.tryAcquire()) {
      caller.giveBack();
      return Optional.empty();
    }
    return Optional.of(held());
  }

  private Turn held() {
    AtomicBoolean released = new AtomicBoolean();
    return () -> {
      if (released.compareAndSet(false, true)) {
        machine.release();
        caller.release();
        freed.raise();
      }
    };
  }
}
