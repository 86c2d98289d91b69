package org.buildchain.language.eval;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.buildchain.language.error.AbandonedException;
import org.buildchain.language.error.EvalCancelledException;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.host.EvalSettings;

/**
 * Uses the machine's other cores: values that an evaluation is about to need, one after the other,
 * are computed from the last one backwards by threads of their own. Nobody can tell but by the
 * time, since the evaluation goes on in its own order and merely finds thunks computed:
 *
 * <ul>
 *   <li>what fails ahead of need is forgotten, and fails again where it is needed;
 *   <li>what would tell the user something, build or fetch is abandoned before it does;
 *   <li>of threads that wait for each other in a circle those that compute ahead give way, so that
 *       infinite recursion is found where it would be found without them.
 * </ul>
 *
 * <p>What shows which thunks are done, as the words of some errors do, is for an evaluator that
 * computes {@linkplain EvalSettings#inOrder in order}.
 */
public final class Ahead {
  /** Fewer values than these are not worth a thread's start. */
  private static final int WORTH_A_THREAD = 4;

  /** Computes what will be needed of a value. */
  @FunctionalInterface
  public interface Work {
    /** Any failure is ignored. */
    void run(Value v);
  }

  private static final class Job {
    private final Value[] values;
    private final Work work;
    private int left;

    Job(Value[] values, Work work) {
      this.values = values;
      this.work = work;
      this.left = values.length;
    }
  }

  private final int most;
  private volatile boolean used;

  // All guarded by this.
  private final Deque<Job> jobs = new ArrayDeque<>();
  private final List<EvalThread> helpers = new ArrayList<>();
  private int open;
  private boolean stopping;

  /**
   * @param helpers the number of threads at most
   */
  Ahead(int helpers) {
    this.most = helpers;
  }

  /** Whether anything was computed ahead since the last call of {@link #clearUsed}. */
  boolean isUsed() {
    return used;
  }

  void clearUsed() {
    used = false;
  }

  /** Values are computed ahead until it is closed, by the thread that opened it. */
  public final class Scope implements AutoCloseable {
    private final Job job;

    private Scope(Job job) {
      this.job = job;
    }

    @Override
    public void close() {
      if (job != null) {
        end(job);
      }
    }
  }

  private final Scope nothing = new Scope(null);

  /**
   * Begins to compute values.
   *
   * @param values will be needed in this order; not to be changed until the scope is closed
   */
  Scope begin(Value[] values, Work work) {
    if (most == 0
        || values.length < 2
        || !(Thread.currentThread() instanceof EvalThread me)
        || me.isAhead()) {
      return nothing;
    }
    int pending = 0;
    for (int i = 0; i < values.length && pending < WORTH_A_THREAD; i++) {
      if (values[i] instanceof Thunk t && t.peek() == null) {
        pending++;
      }
    }
    synchronized (this) {
      if (pending < 2 || (open == 0 && pending < WORTH_A_THREAD)) {
        return nothing;
      }
      Job job = new Job(values, work);
      jobs.addLast(job);
      open++;
      used = true;
      if (helpers.isEmpty()) {
        stopping = false;
        for (int i = 0; i < most; i++) {
          EvalThread helper = EvalThread.ahead("ahead-" + i, this::help, me);
          helpers.add(helper);
          helper.start();
        }
      } else if (jobs.size() == 1) {
        notifyAll();
      }
      return new Scope(job);
    }
  }

  private void end(Job job) {
    List<EvalThread> ended;
    synchronized (this) {
      jobs.removeLastOccurrence(job);
      if (--open > 0) {
        return;
      }
      ended = List.copyOf(helpers);
      helpers.clear();
      stopping = true;
      notifyAll();
    }
    ended.forEach(EvalThread::abandon);
  }

  private void help() {
    EvalThread me = EvalThread.current();
    int depth = me.callDepth;
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run();
      } catch (EvalException
          | EvalCancelledException
          | AbandonedException
          | StackOverflowError
          | OutOfMemoryError e) {
        // Whoever needs the value meets the same.
        me.callDepth = depth;
      }
    }
  }

  /** What is to be done next, of the outermost job first; {@code null} in the end. */
  private synchronized Runnable next() {
    while (!stopping) {
      Job job = jobs.peekFirst();
      if (job == null) {
        try {
          wait();
        } catch (InterruptedException e) {
          return null;
        }
      } else if (job.left == 0) {
        jobs.removeFirst();
      } else {
        Value v = job.values[--job.left];
        if (!(v instanceof Thunk t) || !t.isRunning()) {
          return () -> job.work.run(v);
        }
      }
    }
    return null;
  }
}
