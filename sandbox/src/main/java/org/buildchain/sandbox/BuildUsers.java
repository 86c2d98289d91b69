package org.buildchain.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Ids of the host that builders have when the daemon is root. Each concurrent build has its own,
 * and none of them owns a file of the host: a builder that escaped would be nobody.
 */
final class BuildUsers {
  /** Where Nix takes its automatic build users from, far from anybody's accounts. */
  private static final int PREFERRED_FIRST = 872415232;

  /** How many builds may run at once. */
  private static final int COUNT = 1024;

  private final int first;
  private final BitSet taken = new BitSet(COUNT);

  private BuildUsers(int first) {
    this.first = first;
  }

  /** The ids that this process may hand out, which in a container are not all there are. */
  static BuildUsers ofThisProcess() {
    try {
      return new BuildUsers(first(Files.readString(Path.of("/proc/self/uid_map"))));
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }

  /**
   * The first id of a block in a map of lines {@code inside outside count}, as user_namespaces(7)
   * describes it.
   */
  static int first(String map) {
    long best = PREFERRED_FIRST;
    for (String line : map.strip().split("\n")) {
      String[] fields = line.strip().split("\\s+");
      long start = Long.parseLong(fields[0]);
      long count = Long.parseLong(fields[2]);
      if (start <= PREFERRED_FIRST && PREFERRED_FIRST + COUNT <= start + count) {
        return PREFERRED_FIRST;
      }
      // The end of the largest usual block, below "nobody".
      if (count >= 4L * COUNT && start + count <= Integer.MAX_VALUE) {
        best = start + count - 2L * COUNT;
      }
    }
    return (int) best;
  }

  /** An id that nobody else has until it is released. */
  synchronized int acquire() {
    int slot = taken.nextClearBit(0);
    if (slot >= COUNT) {
      throw new IllegalStateException("more than " + COUNT + " builds at once");
    }
    taken.set(slot);
    return first + slot;
  }

  synchronized void release(int id) {
    taken.clear(id - first);
  }
}
