package org.buildchain.daemon.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a JVM that has G1, as the daemon's has. */
@Timeout(120)
class HeapCollectionTest {
  private static long collections(String collector) {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(b -> b.getName().equals(collector))
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  @Test
  void marksWithoutAFullCollection() {
    long marks = collections("G1 Concurrent GC");
    long full = collections("G1 Old Generation");
    HeapCollection.run();
    assertTrue(collections("G1 Concurrent GC") >= marks + 2);
    assertEquals(full, collections("G1 Old Generation"));
    // And does no more from now on.
    assertEquals(
        "0",
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("G1PeriodicGCInterval")
            .getValue());
  }
}
