package org.buildchain.language.eval;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Pos;

/**
 * The threads that work for one caller: how much they have allocated, and how all of them are made
 * to end. Thread-safe.
 */
public final class EvalGroup {
  private final ToLongFunction<Thread> meter;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final LongAdder ofEnded = new LongAdder();
  private volatile Optional<String> reason = Optional.empty();
  private volatile long limit;
  private volatile Runnable whenLimited = () -> {};

  /**
   * A group without threads.
   *
   * @param meter how many bytes a thread has allocated so far
   */
  public EvalGroup(ToLongFunction<Thread> meter) {
    this.meter = meter;
  }

  /** The group of the calling thread, which must be an {@link EvalThread}. */
  public static EvalGroup current() {
    return EvalThread.current().group();
  }

  /** What is to happen when a limit is set. */
  public void onLimit(Runnable action) {
    whenLimited = action;
  }

  /** Sets how many bytes of memory the group may hold; 0 is no limit. */
  public void setLimit(long bytes) {
    limit = bytes;
    if (bytes > 0) {
      whenLimited.run();
    }
  }

  /** How many bytes of memory the group may hold; 0 is no limit. */
  public long limit() {
    return limit;
  }

  /**
   * How many bytes its threads have allocated since they began, those that have ended included.
   * What it holds is never more.
   */
  public long allocated() {
    return ofEnded.sum() + threads.stream().mapToLong(meter).sum();
  }

  /** Makes all its evaluations fail soon, with this message. The first message stays. */
  public synchronized void end(String message) {
    if (reason.isEmpty()) {
      reason = Optional.of(message);
    }
  }

  /** Whether its evaluations have been made to end. */
  public boolean isEnding() {
    return reason.isPresent();
  }

  void entered(Thread t) {
    threads.add(t);
  }

  void left(Thread t) {
    ofEnded.add(meter.applyAsLong(t));
    threads.remove(t);
  }

  /** Fails if the group is to end. */
  void check() {
    Optional<String> r = reason;
    if (r.isPresent()) {
      throw new EvalException(EvalException.Kind.OTHER, Pos.NONE, r.get());
    }
  }
}
