package org.buildchain.derivation.realise;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.buildchain.derivation.site.Arrival;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StorePath;

/**
 * Fetches paths, several at a time and ahead of what they refer to. What has come waits until its
 * references are valid or have come as well; all that can become valid then does so in one step,
 * while others come. So a long chain of references costs as many turns of the disk as there is time
 * for, not as many as it has links. For one run.
 */
final class FetchRun {
  /** So many paths come before the first that is not valid yet becomes so. */
  private static final int WINDOW = 256;

  /** While those that wait take more memory nothing is asked for ahead of its references. */
  private static final long MAX_MEMORY = 32L << 20;

  /** A step ends after the path that makes it larger: what is behind it is told late. */
  private static final long MAX_STEP = 256L << 20;

  /** A step of so much does not wait for more. */
  private static final long ENOUGH = 64L << 20;

  /** So long a path waits, at most, for others to become valid with it. */
  private static final long MOST_NANOS = 1_000_000_000L;

  /** How a path's fetching ended. */
  enum Outcome {
    FETCHED,
    /** Nobody has it any more. */
    GONE,
    FAILED
  }

  private enum State {
    WAITING,
    /** Waits for its references. */
    LATER,
    COMING,
    HERE,
    DONE
  }

  /** A path. All of it is guarded by the lock. */
  private static final class Item {
    private final Substituter.Offer offer;
    private final List<Item> before;
    private State state = State.WAITING;
    private Optional<Arrival.Held> held = Optional.empty();
    private long arrived;
    private Outcome outcome = Outcome.FAILED;

    Item(Substituter.Offer offer, List<Item> before) {
      this.offer = offer;
      this.before = before;
    }

    boolean isFetched() {
      return state == State.DONE && outcome == Outcome.FETCHED;
    }

    /** How a reference failed to come, if one did. */
    Optional<Outcome> lost() {
      return before.stream()
          .filter(i -> i.state == State.DONE && i.outcome != Outcome.FETCHED)
          .map(i -> i.outcome)
          .findFirst();
    }

    boolean isReady() {
      return before.stream().allMatch(Item::isFetched);
    }
  }

  private final Store store;
  private final Substituter substituter;
  private final Consumer<String> notes;
  private final List<Item> items = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Optional<Throwable> failure = Optional.empty();
  private int head;
  private long memory;

  /**
   * @param offers each after what it refers to
   */
  FetchRun(
      Store store,
      Substituter substituter,
      Collection<Substituter.Offer> offers,
      Consumer<String> notes) {
    this.store = store;
    this.substituter = substituter;
    this.notes = notes;
    Map<StorePath, Item> known = new HashMap<>();
    for (Substituter.Offer offer : offers) {
      List<Item> before =
          offer.references().stream()
              .filter(r -> !r.equals(offer.path()) && known.containsKey(r))
              .map(known::get)
              .toList();
      Item item = new Item(offer, before);
      known.put(offer.path(), item);
      items.add(item);
    }
  }

  /**
   * Fetches them.
   *
   * @param jobs how many come at a time
   * @throws InterruptedException if interrupted; nothing is fetched any more then
   */
  Map<StorePath, Outcome> run(int jobs) throws InterruptedException {
    List<Thread> threads =
        Stream.concat(
                Stream.of(start("commit", this::commit)),
                Stream.generate(() -> start("fetch", this::receive))
                    .limit(Math.min(jobs, items.size())))
            .toList();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      threads.forEach(Thread::interrupt);
      end(threads);
      items.stream().flatMap(i -> i.held.stream()).forEach(this::drop);
    }
    if (failure.isPresent()) {
      throw new BuildException("fetching: " + failure.get(), 1, failure.get());
    }
    Map<StorePath, Outcome> outcomes = new LinkedHashMap<>();
    items.forEach(i -> outcomes.put(i.offer.path(), i.outcome));
    return outcomes;
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  /** The platform's threads, for the same reason as those of builds. */
  private Thread start(String name, Work work) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                // Only the end of the run interrupts.
              } catch (RuntimeException | Error e) {
                change(() -> failure = Optional.of(e));
              }
            });
  }

  private void change(Runnable how) {
    lock.lock();
    try {
      how.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is left to do. */
  private boolean isOver() {
    while (head < items.size() && items.get(head).state == State.DONE) {
      head++;
    }
    return head == items.size() || failure.isPresent();
  }

  private record Task(Item item, boolean ready) {}

  private void receive() throws InterruptedException {
    for (Optional<Task> task; (task = next()).isPresent(); ) {
      Item item = task.get().item();
      try {
        Arrival arrival = substituter.receive(item.offer.path(), task.get().ready(), notes);
        change(() -> arrived(item, arrival));
      } catch (IOException e) {
        notes.accept("warning: " + e.getMessage());
        change(() -> done(item, e instanceof NoSuchFileException ? Outcome.GONE : Outcome.FAILED));
      }
    }
  }

  /** The next path to ask for. */
  private Optional<Task> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!isOver()) {
        boolean moved = false;
        for (Item item : items.subList(head, Math.min(items.size(), head + WINDOW))) {
          if (item.state != State.WAITING && item.state != State.LATER) {
            continue;
          }
          Optional<Outcome> lost = item.lost();
          if (lost.isPresent()) {
            done(item, lost.get());
            changed.signalAll();
            moved = true;
            continue;
          }
          boolean ready = item.isReady();
          if (ready || (item.state == State.WAITING && memory < MAX_MEMORY)) {
            item.state = State.COMING;
            return Optional.of(new Task(item, ready));
          }
        }
        if (!moved) {
          changed.await();
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void arrived(Item item, Arrival arrival) {
    switch (arrival) {
      case Arrival.Valid() ->
          done(item, store.isValid(item.offer.path()) ? Outcome.FETCHED : Outcome.FAILED);
      case Arrival.Later() -> item.state = State.LATER;
      case Arrival.Held held -> {
        item.held = Optional.of(held);
        item.state = State.HERE;
        item.arrived = System.nanoTime();
        memory += held.memory();
      }
    }
  }

  private static void done(Item item, Outcome outcome) {
    item.state = State.DONE;
    item.outcome = outcome;
  }

  private void commit() throws InterruptedException {
    for (List<Item> step; !(step = step()).isEmpty(); ) {
      Outcome outcome = Outcome.FAILED;
      try {
        substituter.commit(step.stream().flatMap(i -> i.held.stream()).toList());
        outcome = Outcome.FETCHED;
      } catch (IOException | StoreException e) {
        notes.accept("warning: " + e.getMessage());
      }
      for (Item item : step) {
        release(item, store.isValid(item.offer.path()) ? outcome : Outcome.FAILED);
      }
    }
  }

  /** Ends with a path that has come, valid by now or not. */
  private void release(Item item, Outcome outcome) {
    Arrival.Held held = item.held.orElseThrow();
    long size = held.memory();
    drop(held);
    change(
        () -> {
          memory -= size;
          item.held = Optional.empty();
          done(item, outcome);
        });
  }

  /** What can become valid together, each after what it refers to; none if nothing is left. */
  private List<Item> step() throws InterruptedException {
    while (true) {
      List<Item> useless = new ArrayList<>();
      lock.lockInterruptibly();
      try {
        while (!isOver() && useless.isEmpty()) {
          List<Item> step = new ArrayList<>();
          Set<Item> together = new HashSet<>();
          long size = 0;
          for (Item item : items.subList(head, Math.min(items.size(), head + WINDOW))) {
            if (item.state != State.HERE) {
              continue;
            }
            if (item.lost().isPresent()) {
              useless.add(item);
            } else if (size < MAX_STEP
                && item.before.stream().allMatch(i -> i.isFetched() || together.contains(i))) {
              step.add(item);
              together.add(item);
              size += item.offer.narSize();
            }
          }
          if (useless.isEmpty()) {
            long wait = step.isEmpty() ? Long.MAX_VALUE : moreMayCome(step, size);
            if (wait <= 0) {
              return step;
            }
            long unused = changed.awaitNanos(wait);
          }
        }
        if (useless.isEmpty()) {
          return List.of();
        }
      } finally {
        lock.unlock();
      }
      useless.forEach(i -> release(i, i.lost().orElse(Outcome.FAILED)));
    }
  }

  /** How long a step may wait for others to share its transaction; 0 if nothing is gained by it. */
  private long moreMayCome(List<Item> step, long size) {
    List<Item> window = items.subList(head, Math.min(items.size(), head + WINDOW));
    boolean others = window.stream().anyMatch(i -> i.state == State.COMING);
    boolean awaited = window.stream().anyMatch(i -> i.state == State.LATER);
    boolean enough = size >= ENOUGH || step.size() >= WINDOW / 2 || memory >= MAX_MEMORY / 2;
    if (!others || awaited || enough) {
      return 0;
    }
    long first = step.stream().mapToLong(i -> System.nanoTime() - i.arrived).max().orElse(0);
    return Math.max(0, MOST_NANOS - first);
  }

  private void drop(Arrival.Held held) {
    try {
      held.close();
    } catch (IOException e) {
      notes.accept("warning: cannot drop what was fetched: " + e.getMessage());
    }
  }

  private static void end(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
