package org.buildchain.derivation.realise;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.buildchain.derivation.realise.schedule.Jobs;
import org.buildchain.derivation.realise.schedule.JointJobs;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.path.StorePath;

/**
 * Builds that several callers may wait for. Each runs once, in a thread of its own, in the first
 * place that any of them has; all who ask for it meanwhile see its events; it is stopped when the
 * last of them has gone away.
 */
final class SharedBuilds {
  /** What is done once. */
  interface Work {
    /**
     * Does it.
     *
     * @param jobs the places of all who wait for it
     */
    SortedMap<String, StorePath> run(Consumer<BuildEvent> events, Jobs jobs)
        throws InterruptedException;
  }

  /**
   * One who wants something built.
   *
   * @param terms what the outcome may depend on beside the derivation
   * @param jobs their places
   * @param events takes what happens, in the thread that waits
   */
  record Caller(Object terms, Jobs jobs, Consumer<BuildEvent> events) {}

  private final Map<StorePath, Shared> running = new HashMap<>();

  /**
   * Runs {@code work}, or waits for work of the same name that runs already.
   *
   * @param key what two builds must not make at once: an output path, or the derivation's
   * @param name the derivation and what is done with it
   * @return the outputs, or empty if the caller has to look again what is valid: work of another
   *     name with the same key was done meanwhile, or work failed that was begun on other terms
   */
  Optional<SortedMap<String, StorePath>> run(StorePath key, String name, Caller caller, Work work)
      throws InterruptedException {
    Shared shared;
    boolean mine;
    Optional<Place> place = Optional.empty();
    synchronized (this) {
      shared = running.get(key);
      mine = shared == null;
      if (mine) {
        shared = new Shared(name, caller.terms());
        running.put(key, shared);
      }
      if (!shared.cancelled && shared.name.equals(name)) {
        place = Optional.of(new Place(shared.audience.join(), shared.jobs.join(caller.jobs())));
      }
      if (mine) {
        Shared made = shared;
        // The platform's: what it stores is digested and synced in long calls without a rest, and
        // virtual ones would hold up all others meanwhile: callers, and the next builder's start.
        made.thread =
            Thread.ofPlatform().daemon().name("build " + name).start(() -> made.run(key, work));
      }
    }
    if (!mine) {
      caller.jobs().pass();
    }
    if (place.isEmpty()) {
      shared.ended.await();
      return Optional.empty();
    }
    shared.await(place.get(), caller.events());
    if (!mine && shared.failure instanceof BuildException && !shared.terms.equals(caller.terms())) {
      return Optional.empty();
    }
    return Optional.of(shared.outcome());
  }

  /** Among those who wait for a build. */
  private record Place(Audience.Seat seat, JointJobs.Caller caller) {}

  private final class Shared {
    private final String name;
    private final Object terms;
    private final Audience audience = new Audience();
    private final JointJobs jobs = new JointJobs();
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean cancelled;
    private Thread thread;
    private SortedMap<String, StorePath> outputs;
    private Throwable failure;

    Shared(String name, Object terms) {
      this.name = name;
      this.terms = terms;
    }

    void run(StorePath key, Work work) {
      try {
        outputs = work.run(audience::tell, jobs);
      } catch (Throwable e) {
        failure = e;
      } finally {
        synchronized (SharedBuilds.this) {
          running.remove(key);
        }
        ended.countDown();
        audience.end();
      }
    }

    /** Takes all events, until the end. */
    void await(Place place, Consumer<BuildEvent> listener) throws InterruptedException {
      boolean done = false;
      try {
        place.seat().follow(listener);
        done = true;
      } finally {
        if (!done) {
          leave(place);
        }
      }
    }

    SortedMap<String, StorePath> outcome() throws InterruptedException {
      return switch (failure) {
        case null -> outputs;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case InterruptedException e -> throw e;
        default -> throw new IllegalStateException(failure);
      };
    }

    /** The last who leaves stops the build, and waits until nothing of it runs. */
    private void leave(Place place) {
      boolean last;
      synchronized (SharedBuilds.this) {
        last = place.seat().leave();
        cancelled |= last;
      }
      if (last) {
        thread.interrupt();
        awaitEnd();
      }
      place.caller().leave();
    }

    private void awaitEnd() {
      boolean interrupted = false;
      while (true) {
        try {
          ended.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
