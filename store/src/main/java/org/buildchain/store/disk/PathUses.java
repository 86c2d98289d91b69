package org.buildchain.store.disk;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.buildchain.store.path.StorePath;

/**
 * Which paths somebody relies on. Whoever asks about a path touches it first; what was touched
 * since the oldest {@link #begin use} that is still open began is not collected. A path that the
 * collector is about to remove is <em>condemned</em>: who touches it then waits for the outcome,
 * one transaction, and asks the database after. Since the collector condemns first and looks for
 * touches after, one of the two always sees the other. Thread-safe.
 *
 * <p>What a touch found valid is known until the next removal of any path, so that an evaluation
 * which relies on tens of thousands of paths asks the database about each of them once.
 */
final class PathUses {
  /**
   * A touch.
   *
   * @param number its place among all touches
   * @param seconds since 1970
   * @param validAt how many removals there had been when the path was last found valid; negative if
   *     it never was
   */
  record Touch(long number, long seconds, long validAt) {}

  private final AtomicLong clock = new AtomicLong(1);
  private final AtomicLong removals = new AtomicLong();
  private final Map<StorePath, Touch> touches = new ConcurrentHashMap<>();
  private final Set<StorePath> condemned = ConcurrentHashMap.newKeySet();
  private final TreeMap<Long, Integer> open = new TreeMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition decided = lock.newCondition();

  /** A time during which what is touched stays. */
  final class Use implements AutoCloseable {
    private final long began;
    private boolean closed;

    private Use(long began) {
      this.began = began;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          open.computeIfPresent(began, (k, n) -> n == 1 ? null : n - 1);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Begins a use. */
  Use begin() {
    lock.lock();
    try {
      long now = clock.incrementAndGet();
      open.merge(now, 1, Integer::sum);
      return new Use(now);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Relies on a path from here on; what the database says of it after is true until the use ends.
   */
  void touch(StorePath path) {
    touched(path);
  }

  /**
   * Likewise, and tells whether it is valid.
   *
   * @param database whether the database has it; asked unless it has said so since the last removal
   */
  boolean isValid(StorePath path, Predicate<StorePath> database) {
    Touch touch = touched(path);
    long now = removals.get();
    if (touch.validAt == now) {
      return true;
    }
    if (!database.test(path)) {
      return false;
    }
    touches.replace(path, touch, new Touch(touch.number, touch.seconds, now));
    return true;
  }

  /** Says that paths are valid which the caller has touched and added in a use that is open. */
  void added(Collection<StorePath> paths) {
    long now = removals.get();
    for (StorePath path : paths) {
      touches.computeIfPresent(path, (p, t) -> new Touch(t.number, t.seconds, now));
    }
  }

  /** Says that paths have been removed, before they are acquitted. */
  void removed() {
    removals.incrementAndGet();
  }

  private Touch touched(StorePath path) {
    Touch before = touches.get(path);
    Touch touch =
        new Touch(
            clock.incrementAndGet(),
            System.currentTimeMillis() / 1000,
            before == null ? -1 : before.validAt);
    touches.put(path, touch);
    if (condemned.contains(path)) {
      lock.lock();
      try {
        while (condemned.contains(path)) {
          decided.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
      }
    }
    return touch;
  }

  /** Condemns paths; gives those that nobody relies on. The others are acquitted at once. */
  Set<StorePath> condemn(Collection<StorePath> paths) {
    condemned.addAll(paths);
    long oldest;
    lock.lock();
    try {
      oldest = open.isEmpty() ? Long.MAX_VALUE : open.firstKey();
    } finally {
      lock.unlock();
    }
    Set<StorePath> taken = new HashSet<>(paths);
    taken.removeIf(
        p -> {
          Touch touch = touches.get(p);
          return touch != null && touch.number() > oldest;
        });
    Set<StorePath> spared = new HashSet<>(paths);
    spared.removeAll(taken);
    acquit(spared);
    return taken;
  }

  /** Ends the condemnation of paths, removed or not. */
  void acquit(Collection<StorePath> paths) {
    lock.lock();
    try {
      condemned.removeAll(new HashSet<>(paths));
      decided.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** When paths were last touched, in seconds since 1970; forgets touches that protect nothing. */
  Map<StorePath, Long> drain() {
    long oldest;
    lock.lock();
    try {
      oldest = open.isEmpty() ? Long.MAX_VALUE : open.firstKey();
    } finally {
      lock.unlock();
    }
    Map<StorePath, Long> out = new HashMap<>();
    for (Map.Entry<StorePath, Touch> entry : touches.entrySet()) {
      out.put(entry.getKey(), entry.getValue().seconds());
      if (entry.getValue().number() < oldest) {
        touches.remove(entry.getKey(), entry.getValue());
      }
    }
    return out;
  }

  /** How many touches are remembered. */
  int size() {
    return touches.size();
  }
}
