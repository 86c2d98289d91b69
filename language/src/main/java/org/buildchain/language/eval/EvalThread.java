package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.buildchain.language.error.AbandonedException;
import org.buildchain.language.error.EvalCancelledException;

/**
 * A thread that evaluates. It has a large stack, since the evaluator recurses where the expression
 * does; it knows what it waits for, so that threads which wait for each other are found out; and it
 * gathers what the computations that it runs have read.
 *
 * <p>One that is made by another takes part in the session and the group of its maker.
 */
public final class EvalThread extends Thread {
  /** The stack, in bytes; only what is used takes memory. */
  public static final long STACK_BYTES = 1L << 30;

  private static final int FRAME_BITS = 40;

  volatile Thunk waitingFor;
  volatile boolean awaited;
  int callDepth;
  int calls;
  private int ticks;
  private volatile Session session;
  private final EvalGroup group;
  private boolean ahead;
  private volatile boolean abandoned;

  // What the running computations have read, of the outermost first; that of the innermost begins
  // at `base`.
  private Reads[] noted = new Reads[64];
  private int top;
  private int base;

  // Names the innermost computation; no other in any thread has it.
  private long frame;
  private long nextFrame = threadId() << FRAME_BITS;

  /** A thread with the usual stack. It works for the caller of the thread that makes it. */
  public EvalThread(String name, Runnable task) {
    this(name, task, STACK_BYTES);
  }

  /** A thread with a stack of another size, in bytes. */
  public EvalThread(String name, Runnable task, long stackBytes) {
    this(name, task, stackBytes, groupOfMaker());
  }

  /** A thread that works for a caller's group. */
  public EvalThread(String name, Runnable task, EvalGroup group) {
    this(name, task, STACK_BYTES, group);
  }

  private EvalThread(String name, Runnable task, long stackBytes, EvalGroup group) {
    super(null, task, name, stackBytes);
    this.group = group;
    this.session = Thread.currentThread() instanceof EvalThread maker ? maker.session : null;
    this.frame = nextFrame++;
  }

  /** A thread that computes what {@code maker} will need, as deep in calls as it is. */
  static EvalThread ahead(String name, Runnable task, EvalThread maker) {
    EvalThread t = new EvalThread(name, task);
    t.ahead = true;
    t.callDepth = maker.callDepth;
    t.setDaemon(true);
    return t;
  }

  /** Whether it computes ahead of need. */
  boolean isAhead() {
    return ahead;
  }

  /** Whether what it computes is not wanted any more. */
  boolean isAbandoned() {
    return abandoned;
  }

  /** Has a thread that computes ahead end, and returns when it has. */
  void abandon() {
    abandoned = true;
    boolean interrupted = false;
    while (isAlive()) {
      giveWay();
      try {
        join(1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has it abandon what it computes, if it waits for another thread. */
  synchronized void giveWay() {
    if (waitingFor != null) {
      interrupt();
    }
  }

  /** Ends its waiting; no interruption is left that came too late. */
  synchronized void waited() {
    waitingFor = null;
    if (ahead) {
      Thread.interrupted();
    }
  }

  /**
   * Must be called before anything that is seen outside.
   *
   * @throws AbandonedException if the calling thread computes ahead of need
   */
  static void needed() {
    if (Thread.currentThread() instanceof EvalThread t && t.ahead) {
      throw new AbandonedException();
    }
  }

  static EvalThread current() {
    if (Thread.currentThread() instanceof EvalThread t) {
      return t;
    }
    throw new IllegalStateException("evaluation must run on an EvalThread");
  }

  private static EvalGroup groupOfMaker() {
    return Thread.currentThread() instanceof EvalThread maker ? maker.group : new EvalGroup(t -> 0);
  }

  @Override
  public void run() {
    group.entered(this);
    try {
      super.run();
    } finally {
      group.left(this);
    }
  }

  EvalGroup group() {
    return group;
  }

  /**
   * Ends the evaluation if its caller has gone away or its group is to end. Costs a few
   * instructions: whatever may run long without a call or a thunk asks at every step.
   */
  public static void poll() {
    current().tick();
  }

  void tick() {
    if ((++ticks & 0xff) == 0) {
      if (isInterrupted()) {
        throw new EvalCancelledException();
      }
      group.check();
    }
  }

  /** Takes part in a session from now on. */
  void join(Session joined) {
    session = joined;
  }

  /** Whether what was computed from {@code reads} may be used now. */
  boolean accepts(Reads reads) {
    Session s = session;
    return s == null || reads.hold(s);
  }

  /** Likewise, of facts that are watched. */
  boolean accepts(Reads reads, Watch watch) {
    Session s = session;
    if (s != null) {
      watch.confirm(s);
    }
    return accepts(reads);
  }

  int sessionId() {
    Session s = session;
    return s == null ? 0 : s.id();
  }

  /** Counts {@code reads} to what the innermost computation has read. */
  void note(Reads reads) {
    if (reads.mark == frame) {
      return;
    }
    reads.mark = frame;
    if (top == noted.length) {
      noted = Arrays.copyOf(noted, 2 * top);
    }
    noted[top++] = reads;
  }

  /** The innermost computation. */
  long frame() {
    return frame;
  }

  /** Begins a computation within it; the result and {@link #frame} are for {@link #end}. */
  int begin() {
    int outerBase = base;
    base = top;
    frame = nextFrame++;
    return outerBase;
  }

  /** Ends it, counts what it has read to the one around it, and gives that. */
  Reads end(int outerBase, long outerFrame) {
    Reads read = gathered();
    top = base;
    abandon(outerBase, outerFrame);
    if (read != Reads.NONE) {
      note(read);
    }
    return read;
  }

  /** Ends one that failed: what it has read led to the failure, which the one around may catch. */
  void abandon(int outerBase, long outerFrame) {
    base = outerBase;
    frame = outerFrame;
  }

  private Reads gathered() {
    int n = top - base;
    if (n == 0) {
      return Reads.NONE;
    }
    if (n > 1) {
      n = withoutCovered();
    }
    return n == 1 ? noted[base] : new Reads(Arrays.copyOfRange(noted, base, base + n), sessionId());
  }

  /** The facts below {@code reads}, each once. */
  List<Reads> facts(Reads reads) {
    List<Reads> facts = new ArrayList<>();
    reads.gather(nextFrame++, facts);
    return facts;
  }

  /** Drops what others hold directly. */
  private int withoutCovered() {
    long covered = nextFrame++;
    for (int i = base; i < top; i++) {
      noted[i].markParts(covered);
    }
    int kept = base;
    for (int i = base; i < top; i++) {
      if (noted[i].mark != covered) {
        noted[kept++] = noted[i];
      }
    }
    return kept - base;
  }
}
