package org.buildchain.derivation.realise.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The places of all callers who want the same build: the first that any of them has is taken. So
 * nobody with a place free waits for others' builders that are none of theirs.
 */
public final class JointJobs implements Jobs {
  /** One who wants it. */
  public final class Caller {
    private final Jobs jobs;
    private Optional<Thread> seeker = Optional.empty();

    private Caller(Jobs jobs) {
      this.jobs = jobs;
    }

    private void seek() {
      seeker = Optional.of(Thread.ofVirtual().name("place").start(this::takePlace));
    }

    private void takePlace() {
      try {
        jobs.acquire();
      } catch (InterruptedException e) {
        return;
      }
      if (!take(this)) {
        jobs.giveBack();
      }
    }

    private void stop() {
      seeker.ifPresent(Thread::interrupt);
      seeker = Optional.empty();
    }

    /** Wants it no longer. A place of theirs that is held stays so. */
    public void leave() {
      synchronized (JointJobs.this) {
        callers.remove(this);
        stop();
      }
    }
  }

  private final List<Caller> callers = new ArrayList<>();
  private boolean seeking;
  private Optional<Caller> held = Optional.empty();

  /** One more wants it. */
  public synchronized Caller join(Jobs jobs) {
    Caller caller = new Caller(jobs);
    callers.add(caller);
    if (seeking) {
      caller.seek();
    }
    return caller;
  }

  private synchronized boolean take(Caller caller) {
    boolean wanted = seeking && held.isEmpty();
    if (wanted) {
      held = Optional.of(caller);
      notifyAll();
    }
    return wanted;
  }

  @Override
  public synchronized void acquire() throws InterruptedException {
    seeking = true;
    callers.forEach(Caller::seek);
    try {
      while (held.isEmpty()) {
        wait();
      }
      passOthers();
    } catch (InterruptedException e) {
      giveBack();
      throw e;
    } finally {
      seeking = false;
      callers.forEach(Caller::stop);
    }
  }

  /** Their next builds need not wait for this one. */
  private void passOthers() {
    callers.stream().filter(c -> c != held.orElseThrow()).forEach(c -> c.jobs.pass());
  }

  @Override
  public synchronized boolean tryAcquire() {
    held = callers.stream().filter(c -> c.jobs.tryAcquire()).findFirst();
    if (held.isPresent()) {
      passOthers();
    }
    return held.isPresent();
  }

  @Override
  public synchronized void release() {
    held.ifPresent(c -> c.jobs.release());
    held = Optional.empty();
  }

  @Override
  public synchronized void giveBack() {
    held.ifPresent(c -> c.jobs.giveBack());
    held = Optional.empty();
  }

  @Override
  public synchronized void pass() {
    callers.forEach(c -> c.jobs.pass());
  }
}
