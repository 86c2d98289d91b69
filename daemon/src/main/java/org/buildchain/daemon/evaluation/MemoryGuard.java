package org.buildchain.daemon.evaluation;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.buildchain.language.eval.EvalGroup;
import org.buildchain.language.eval.EvalThread;

/**
 * Ends an evaluation that holds more memory than its caller's limit, and the greediest one before
 * the heap is full, so that the others and the daemon go on.
 *
 * <p>The JVM does not say which thread holds what. Two figures bound it: a thread can't hold more
 * than it has ever allocated, and all together hold what a collection leaves. An evaluation is
 * ended if both are beyond its limit, the second counted from when it began. Where several are, the
 * one that has allocated most goes first; a further collection shows whether it was the right one.
 *
 * <p>Between collections an evaluation holds at most what the last one left and what it has
 * allocated since. Once that is beyond its limit a collection is asked for.
 */
public final class MemoryGuard {
  /** With more than this part of the heap in use after a collection the greediest has to end. */
  private static final double FULL = 0.85;

  /** How often an evaluation that has a limit is looked at, in milliseconds. */
  private static final long PULSE = 50;

  private static final class Watched {
    final EvalGroup group;
    // Bytes in use when it began, after the last collection, and allocated by it until then.
    volatile long base;
    volatile long left;
    volatile long allocatedThen;

    Watched(EvalGroup group, long base) {
      this.group = group;
      this.base = base;
      this.left = base;
    }

    void collected(long nowLeft) {
      left = nowLeft;
      allocatedThen = group.allocated();
    }

    boolean mayBeBeyondLimit() {
      return group.limit() > 0 && left - base + group.allocated() - allocatedThen > group.limit();
    }

    boolean isBeyondLimit(long live) {
      return group.limit() > 0 && live - base > group.limit() && group.allocated() > group.limit();
    }
  }

  private final Map<EvalGroup, Watched> active = new ConcurrentHashMap<>();
  private final AtomicBoolean collecting = new AtomicBoolean();
  private final long heap = Runtime.getRuntime().maxMemory();
  private final BooleanSupplier release;
  private volatile Optional<com.sun.management.ThreadMXBean> threads = Optional.empty();

  /**
   * A guard that does not listen yet.
   *
   * @param release lets go of memory that no evaluation uses; false if there was none
   */
  public MemoryGuard(BooleanSupplier release) {
    this.release = release;
  }

  /** Begins to listen to the collector; that takes a while, and goes on in the background. */
  public void start() {
    Thread.ofVirtual().name("bc-memory-guard").start(this::listen);
  }

  private void listen() {
    threads =
        Optional.of(ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class));
    List<String> pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(p -> p.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .toList();
    for (GarbageCollectorMXBean b : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (b instanceof NotificationEmitter e) {
        e.addNotificationListener((n, handback) -> collected(n, pools), null, null);
      }
    }
  }

  /** A thread for a command, with a group that is guarded as long as it runs. */
  public Thread thread(String name, Runnable command) {
    EvalGroup group = new EvalGroup(this::allocated);
    return new EvalThread(
        name,
        () -> {
          Watched w = new Watched(group, used());
          active.put(group, w);
          group.onLimit(() -> Thread.ofVirtual().name("bc-memory-watch").start(() -> watch(w)));
          try {
            command.run();
          } finally {
            active.remove(group);
          }
        },
        group);
  }

  private void watch(Watched w) {
    try {
      while (active.containsKey(w.group) && !w.group.isEnding()) {
        Thread.sleep(PULSE);
        if (w.mayBeBeyondLimit()) {
          lookClosely();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long allocated(Thread t) {
    return threads.map(b -> Math.max(0, b.getThreadAllocatedBytes(t.threadId()))).orElse(0L);
  }

  private static long used() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private void collected(Notification n, List<String> pools) {
    if (active.isEmpty()
        || !n.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
      return;
    }
    var info = GarbageCollectionNotificationInfo.from((CompositeData) n.getUserData());
    long left =
        info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
            .filter(e -> pools.contains(e.getKey()))
            .mapToLong(e -> e.getValue().getUsed())
            .sum();
    active.values().forEach(w -> w.collected(left));
    if (info.getGcAction().equals("end of major GC")) {
      decide(left);
    } else if (left > heap * FULL) {
      lookClosely();
    }
  }

  /** Collects all garbage; {@link #collected} hears of it. */
  private void lookClosely() {
    if (collecting.compareAndSet(false, true)) {
      System.gc();
      collecting.set(false);
    }
  }

  private void decide(long live) {
    active.values().forEach(w -> w.base = Math.min(w.base, live));
    if (live > heap * FULL && release.getAsBoolean()) {
      lookClosely();
      return;
    }
    greediest(live)
        .ifPresent(
            w -> {
              long limit = w.group.limit();
              w.group.end(
                  w.isBeyondLimit(live)
                      ? "the evaluation holds more memory than the setting 'eval-memory-limit'"
                          + " allows ("
                          + limit
                          + " bytes)"
                      : "the evaluation needs more memory than the daemon has ("
                          + heap
                          + " bytes for all evaluations)");
            });
  }

  /** Who has to end if so much is in use. */
  private Optional<Watched> greediest(long left) {
    boolean full = left > heap * FULL;
    return active.values().stream()
        .filter(w -> !w.group.isEnding())
        .filter(w -> full || w.isBeyondLimit(left))
        .max(Comparator.comparingLong(w -> w.group.allocated()));
  }
}
