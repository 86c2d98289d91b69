package org.buildchain.daemon.remote;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many builds run on each machine, whoever asked for them, and who sends to it. One for a
 * daemon, and so for a store. Thread-safe.
 */
public final class MachinesInUse {
  private final Map<String, Integer> builds = new HashMap<>();
  private final Map<String, Lock> uploads = new HashMap<>();

  /** Builds on a machine now. */
  synchronized int load(String url) {
    return builds.getOrDefault(url, 0);
  }

  synchronized void begin(String url) {
    builds.merge(url, 1, Integer::sum);
  }

  synchronized void end(String url) {
    builds.computeIfPresent(url, (u, n) -> n == 1 ? null : n - 1);
  }

  /** Held while inputs are sent to a machine, so that each is sent once. */
  synchronized Lock upload(String url) {
    return uploads.computeIfAbsent(url, u -> new ReentrantLock());
  }
}
