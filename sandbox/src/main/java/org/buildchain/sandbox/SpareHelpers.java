package org.buildchain.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Helpers that were started ahead. To enter a control group takes a grace period of the kernel's
 * RCU, some ten milliseconds of waiting and no work: too long for a small build to wait for. The
 * first are started when a build asks for one, so that a process that never builds has none.
 */
final class SpareHelpers implements AutoCloseable {
  private final Path program;
  private final Optional<ControlGroups> groups;
  private final int most;
  private final Deque<Helper> spares = new ArrayDeque<>();
  private int starting;
  private boolean closed;

  /**
   * @param most how many wait at a time; 0 for none
   */
  SpareHelpers(Path program, Optional<ControlGroups> groups, int most) {
    this.program = program;
    this.groups = groups;
    this.most = most;
  }

  /** A helper that nobody else has. */
  Helper take() throws IOException {
    Helper spare;
    synchronized (this) {
      while (starting + spares.size() <= most && most > 0 && !closed) {
        starting++;
        // The platform's: it waits for the new process in a call from C.
        Thread.ofPlatform().daemon().name("spare helper").start(this::add);
      }
      spare = spares.poll();
    }
    return spare != null && spare.process().isAlive() ? spare : Helper.start(program, groups);
  }

  private void add() {
    Helper helper = null;
    try {
      helper = Helper.start(program, groups);
    } catch (IOException e) {
      // Whoever needs one will meet and report the same.
    }
    boolean keep;
    synchronized (this) {
      starting--;
      keep = helper != null && !closed;
      if (keep) {
        spares.add(helper);
      }
    }
    if (helper != null && !keep) {
      discard(helper);
    }
  }

  private static void discard(Helper helper) {
    try {
      helper.end();
      helper.removeGroup();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The next process to begin removes it.
    }
  }

  @Override
  public void close() {
    Deque<Helper> left;
    synchronized (this) {
      closed = true;
      left = new ArrayDeque<>(spares);
      spares.clear();
    }
    left.forEach(SpareHelpers::discard);
  }
}
