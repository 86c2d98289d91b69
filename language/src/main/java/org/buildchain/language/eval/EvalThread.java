package org.buildchain.language.eval;

/**
 * A thread that evaluates. It has a large stack, since the evaluator recurses where the expression
 * does, and knows what it waits for, so that threads which wait for each other are found out.
 */
public final class EvalThread extends Thread {
  /** The stack, in bytes; only what is used takes memory. */
  public static final long STACK_BYTES = 1L << 30;

  volatile Thunk waitingFor;
  volatile boolean awaited;
  int callDepth;
  int ticks;

  public EvalThread(String name, Runnable task) {
    this(name, task, STACK_BYTES);
  }

  /** A thread with a stack of another size, in bytes. */
  public EvalThread(String name, Runnable task, long stackBytes) {
    super(null, task, name, stackBytes);
  }

  static EvalThread current() {
    if (Thread.currentThread() instanceof EvalThread t) {
      return t;
    }
    throw new IllegalStateException("evaluation must run on an EvalThread");
  }
}
