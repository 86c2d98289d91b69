package org.buildchain.language.eval;

import java.util.Arrays;

/**
 * A thread that evaluates. It has a large stack, since the evaluator recurses where the expression
 * does; it knows what it waits for, so that threads which wait for each other are found out; and it
 * gathers what the computations that it runs have read.
 *
 * <p>One that is made by another takes part in the session of its maker.
 */
public final class EvalThread extends Thread {
  /** The stack, in bytes; only what is used takes memory. */
  public static final long STACK_BYTES = 1L << 30;

  private static final int FRAME_BITS = 40;

  volatile Thunk waitingFor;
  volatile boolean awaited;
  int callDepth;
  int ticks;
  private volatile Session session;

  // What the running computations have read, of the outermost first; that of the innermost begins
  // at `base`.
  private Reads[] noted = new Reads[64];
  private int top;
  private int base;

  // Names the innermost computation; no other in any thread has it.
  private long frame;
  private long nextFrame = threadId() << FRAME_BITS;

  public EvalThread(String name, Runnable task) {
    this(name, task, STACK_BYTES);
  }

  /** A thread with a stack of another size, in bytes. */
  public EvalThread(String name, Runnable task, long stackBytes) {
    super(null, task, name, stackBytes);
    this.session = Thread.currentThread() instanceof EvalThread maker ? maker.session : null;
    this.frame = nextFrame++;
  }

  static EvalThread current() {
    if (Thread.currentThread() instanceof EvalThread t) {
      return t;
    }
    throw new IllegalStateException("evaluation must run on an EvalThread");
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
