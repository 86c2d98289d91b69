package org.buildchain.fuse;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who wants to know more of files than their names. A listing that tells of each file what LOOKUP
 * does spares {@code tar} and {@code cp} a request for each, but has the kernel make an inode of
 * each, which takes longer than all else where only names are wanted. Who looked up a file lately
 * is taken for one of the former. Thread-safe.
 */
final class AttributeReaders {
  /** How many threads are remembered. */
  private static final int MAX = 1024;

  private final Map<Integer, Boolean> threads =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
          return size() > MAX;
        }
      };

  /** Notes that a thread has looked up a file. */
  synchronized void lookedUp(int thread) {
    threads.put(thread, true);
  }

  /** Whether a thread that lists a folder is to be told of its files; so if it has no number. */
  synchronized boolean wants(int thread) {
    return thread == 0 || threads.containsKey(thread);
  }
}
