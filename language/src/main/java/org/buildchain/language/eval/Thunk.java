package org.buildchain.language.eval;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import org.buildchain.language.syntax.Pos;

/**
 * A value that has not been computed yet, or has. Any number of threads may force it: one computes,
 * the others wait. A computation that needs its own result, in one thread or around several, is
 * infinite recursion. One that fails may be tried again.
 */
public final class Thunk implements Value {
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Thunk.class, "state", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What a thunk computes. */
  interface Code {
    /** The value, perhaps a thunk again; {@code at} is where it is needed. */
    Value run(Env env, Pos at);

    /** Where what is computed was written. */
    Pos place();
  }

  private record Computation(Supplier<Value> code) implements Code {
    @Override
    public Value run(Env env, Pos at) {
      return code.get();
    }

    @Override
    public Pos place() {
      return Pos.NONE;
    }
  }

  private static final Object DONE = new Object();

  private volatile Value value;
  // Code: not begun. EvalThread: that thread computes it. DONE: value is set.
  private volatile Object state;
  private Env env;

  Thunk(Code code, Env env) {
    this.state = code;
    this.env = env;
  }

  /** A thunk for a computation in Java. */
  public static Thunk of(Supplier<Value> computation) {
    return new Thunk(new Computation(computation), null);
  }

  /** The value if it is there, or {@code null}. */
  public Value peek() {
    return value;
  }

  /** Whether a thread computes the value now. */
  boolean isRunning() {
    return state instanceof EvalThread;
  }

  /** The value in weak head normal form, computed now if need be. */
  public Value force() {
    return force(Pos.NONE);
  }

  /** Likewise; {@code at} is shown where the value turns out to need itself. */
  public Value force(Pos at) {
    Value v = value;
    return v != null ? v : compute(at);
  }

  /** Where the value was written, as far as it is known: what prints or walks values shows it. */
  public Pos place() {
    return value == null && state instanceof Code c ? c.place() : Evaluator.placeOf(value);
  }

  private Value compute(Pos at) {
    EvalThread me = EvalThread.current();
    while (true) {
      Object s = state;
      if (s == DONE) {
        return value;
      }
      if (s == me) {
        throw EvalException.infiniteRecursion(at);
      }
      if (s instanceof EvalThread owner) {
        await(me, owner, at);
      } else if (STATE.compareAndSet(this, s, me)) {
        return run(me, (Code) s, at);
      }
    }
  }

  private Value run(EvalThread me, Code code, Pos at) {
    Value result = null;
    try {
      Value v = code.run(env, at);
      result = v instanceof Thunk t ? t.force(at) : v;
      value = result;
      return result;
    } finally {
      if (result != null) {
        env = null;
        state = DONE;
      } else {
        state = code;
      }
      if (me.awaited) {
        wake();
      }
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  // The owner reads `awaited` after it has written `state`; we read `state` after we have written
  // `awaited`. Both are volatile, so one of the two sees the other and no wake-up is lost.
  private void await(EvalThread me, EvalThread owner, Pos at) {
    me.waitingFor = this;
    owner.awaited = true;
    try {
      for (EvalThread t = owner; t != null; ) {
        Thunk w = t.waitingFor;
        t = w != null && w.state instanceof EvalThread next ? next : null;
        if (t == me) {
          throw EvalException.infiniteRecursion(at);
        }
      }
      synchronized (this) {
        while (state == owner) {
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EvalCancelledException();
    } finally {
      me.waitingFor = null;
    }
  }

  @Override
  public String described() {
    Value v = value;
    return v == null ? "a thunk" : v.described();
  }
}
