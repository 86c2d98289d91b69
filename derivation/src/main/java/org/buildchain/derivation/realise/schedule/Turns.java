package org.buildchain.derivation.realise.schedule;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.buildchain.derivation.site.Builder;

/**
 * What is held while a builder runs on this machine.
 *
 * @param caller the caller's builders
 * @param machine everybody's
 * @param freed is raised whenever a place gets free, here or elsewhere
 */
public record Turns(Jobs caller, Semaphore machine, Signal freed) {
  /** Both, until closed the first time. */
  public interface Turn extends Builder.Admitted {}

  /** Waits for both. */
  public Turn take() throws InterruptedException {
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
  public Optional<Turn> takeIfFree() {
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
