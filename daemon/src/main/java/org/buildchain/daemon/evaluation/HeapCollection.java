package org.buildchain.daemon.evaluation;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;

/**
 * Collects the heap's garbage while everything else goes on: threads stand still for a moment at a
 * time. {@code System.gc()} stops all of them until it is done, a second for each GiB in use.
 *
 * <p>G1 is asked to mark what is in use, beside all else, and then to collect what is mostly
 * garbage, a little at a time. It has no call for that, but an option by which it does so whenever
 * nothing was collected for a while.
 */
final class HeapCollection {
  private static final String INTERVAL = "G1PeriodicGCInterval";
  private static final String NEVER = "0";

  /** In milliseconds. */
  private static final String OFTEN = "100";

  private static final Duration LOOK = Duration.ofMillis(20);

  /** Of the looks that one waits for marking, and for each collection after it. */
  private static final int MOST_LOOKS = 3000;

  // While it has no interval G1 looks each second whether it has one.
  private static final int MOST_LOOKS_AFTER = 200;

  /** The first collections only make ready what the later ones collect. */
  private static final int FIRST = 3;

  private static final int MOST_COLLECTIONS = 100;

  /** A collection that frees less is the last one, in bytes. */
  private static final long LEAST_FREED = 4L << 20;

  /** Of the heap so much may be unused in the end: else it is marked again, and shrinks. */
  private static final long MOST_UNUSED = 1L << 30;

  private HeapCollection() {}

  /** Collects; all at once, with everything standing still, where the JVM has another collector. */
  static void run() {
    Optional<GarbageCollectorMXBean> marks = collector("G1 Concurrent GC");
    Optional<GarbageCollectorMXBean> young = collector("G1 Young Generation");
    if (marks.isEmpty() || young.isEmpty()) {
      System.gc();
      return;
    }
    try {
      if (mark(marks.get())) {
        collectMarked(young.get());
        if (Runtime.getRuntime().freeMemory() > MOST_UNUSED) {
          mark(marks.get());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<GarbageCollectorMXBean> collector(String name) {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(b -> b.getName().equals(name))
        .findFirst();
  }

  /**
   * Marks what is in use; regions without any of it are free then, and the heap shrinks. False if
   * it was given up.
   */
  private static boolean mark(GarbageCollectorMXBean marks) throws InterruptedException {
    // Two pauses belong to it: when all is marked, and when what follows from that is noted.
    long before = marks.getCollectionCount();
    interval(OFTEN);
    try {
      await(marks, before + 1, MOST_LOOKS);
    } finally {
      interval(NEVER);
    }
    return await(marks, before + 2, MOST_LOOKS);
  }

  private static void collectMarked(GarbageCollectorMXBean young) throws InterruptedException {
    interval(OFTEN);
    try {
      long before = used();
      for (int i = 0; i < MOST_COLLECTIONS; i++) {
        boolean done = !await(young, young.getCollectionCount() + 1, MOST_LOOKS_AFTER);
        long now = used();
        if (done || i >= FIRST && before - now < LEAST_FREED) {
          return;
        }
        before = now;
      }
    } finally {
      interval(NEVER);
    }
  }

  private static void interval(String milliseconds) {
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .setVMOption(INTERVAL, milliseconds);
  }

  private static boolean await(GarbageCollectorMXBean collector, long count, int looks)
      throws InterruptedException {
    for (int i = 0; i < looks; i++) {
      if (collector.getCollectionCount() >= count) {
        return true;
      }
      Thread.sleep(LOOK);
    }
    return false;
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
