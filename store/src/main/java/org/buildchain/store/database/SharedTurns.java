package org.buildchain.store.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Lets threads share turns of what only one may do at a time: who comes during a turn waits for its
 * end, and has part in the next one together with all who came meanwhile. So nobody waits for more
 * than that turn and the one in which it has part, however many others there are. Thread-safe.
 *
 * @param <T> what is to be done
 */
final class SharedTurns<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Part> waiting = new ArrayDeque<>();
  private boolean busy;

  private final class Part {
    private final T task;
    private final boolean here;
    private final Condition decided = lock.newCondition();
    private boolean done;
    private boolean leads;

    Part(T task, boolean here) {
      this.task = task;
      this.here = here;
    }
  }

  /**
   * Has a task done; what one thread does in a turn happens before those return who have part.
   *
   * @param here whether only this thread may do it: whoever is first else does it for all
   * @param turn does some tasks, the caller's first
   */
  void run(T task, boolean here, Consumer<List<T>> turn) {
    Part mine = new Part(task, here);
    List<Part> others = new ArrayList<>();
    if (!begin(mine, others)) {
      return;
    }
    try {
      List<T> tasks = new ArrayList<>();
      tasks.add(task);
      others.forEach(p -> tasks.add(p.task));
      turn.accept(tasks);
    } finally {
      end(others);
    }
  }

  /** Waits until this thread has the turn, with some others; false if another has done it. */
  private boolean begin(Part mine, List<Part> others) {
    lock.lock();
    try {
      if (busy) {
        waiting.add(mine);
        while (!mine.done && !mine.leads) {
          mine.decided.awaitUninterruptibly();
        }
      }
      if (mine.done) {
        return false;
      }
      busy = true;
      for (Iterator<Part> all = waiting.iterator(); all.hasNext(); ) {
        Part part = all.next();
        if (!part.here) {
          all.remove();
          others.add(part);
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Hands the turn to whoever has waited longest. */
  private void end(List<Part> others) {
    lock.lock();
    try {
      for (Part part : others) {
        part.done = true;
        part.decided.signal();
      }
      Part next = waiting.poll();
      busy = next != null;
      if (busy) {
        next.leads = true;
        next.decided.signal();
      }
    } finally {
      lock.unlock();
    }
  }
}
