package org.buildchain.language.eval;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.function.Supplier;
import org.buildchain.language.error.AbandonedException;
import org.buildchain.language.error.EvalCancelledException;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Pos;

/**
 * A value that has not been computed yet, or has. Any number of threads may force it: one computes,
 * the others wait. A computation that needs its own result, in one thread or around several, is
 * infinite recursion. One that fails may be tried again, and so may one whose value was computed
 * from what has changed since, see {@link Reads}.
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

  // Kept for another computation, unless nothing can ask for one.
  private Code code;
  private Env env;
  private Value value;
  // null: not begun. EvalThread: that thread computes it. Reads: the value is there, computed from
  // these. Whoever has seen Reads here sees the value.
  private volatile Object state;

  Thunk(Code code, Env env) {
    this.code = code;
    this.env = env;
  }

  /** A thunk for a computation in Java. */
  public static Thunk of(Supplier<Value> computation) {
    return new Thunk(new Computation(computation), null);
  }

  /** The value if it has been computed, or {@code null}. */
  public Value peek() {
    return state instanceof Reads r && EvalThread.current().accepts(r) ? value : null;
  }

  /** The value if it has been computed and depends on nothing outside, or {@code null}. */
  Value constant() {
    return state == Reads.NONE ? value : null;
  }

  /** What stands in the text, see {@link Node#written}, if the value has not been computed. */
  Optional<Value> written() {
    Code c = code;
    Env e = env;
    return state == null && c instanceof Node n ? n.written(e) : Optional.empty();
  }

  /** Whether a thread computes the value now. */
  public boolean isRunning() {
    return state instanceof EvalThread;
  }

  /** The value in weak head normal form, computed now if need be. */
  public Value force() {
    return force(Pos.NONE);
  }

  /** Likewise; {@code at} is shown where the value turns out to need itself. */
  public Value force(Pos at) {
    return state == Reads.NONE ? value : compute(at);
  }

  /** Where the value was written, as far as it is known: what prints or walks values shows it. */
  public Pos place() {
    Code c = code;
    return state instanceof Reads || c == null ? Evaluator.placeOf(value) : c.place();
  }

  private Value compute(Pos at) {
    EvalThread me = EvalThread.current();
    me.tick();
    while (true) {
      Object s = state;
      if (s instanceof Reads r) {
        Value known = value;
        if (me.accepts(r)) {
          me.note(r);
          return known;
        }
      } else if (s == me) {
        throw EvalException.infiniteRecursion(at);
      } else if (s instanceof EvalThread owner) {
        await(me, owner, at);
        continue;
      }
      if (STATE.compareAndSet(this, s, me)) {
        return run(me, at);
      }
    }
  }

  private Value run(EvalThread me, Pos at) {
    long outerFrame = me.frame();
    int outerBase = me.begin();
    Reads read = null;
    try {
      Value v = code.run(env, at);
      value = v instanceof Thunk t ? t.force(at) : v;
      read = me.end(outerBase, outerFrame);
      return value;
    } finally {
      if (read == null) {
        me.abandon(outerBase, outerFrame);
      } else if (read == Reads.NONE) {
        code = null;
        env = null;
      }
      state = read;
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
          circle(me, owner, at);
          break;
        }
      }
      synchronized (this) {
        while (state == owner) {
          wait();
        }
      }
    } catch (InterruptedException e) {
      if (me.isAhead()) {
        throw new AbandonedException();
      }
      Thread.currentThread().interrupt();
      throw new EvalCancelledException();
    } finally {
      me.waited();
    }
  }

  /** Threads wait for each other: those that compute ahead give way, if there are any. */
  private static void circle(EvalThread me, EvalThread owner, Pos at) {
    if (me.isAhead()) {
      throw new AbandonedException();
    }
    boolean given = false;
    for (EvalThread t = owner; t != null && t != me; ) {
      if (t.isAhead()) {
        t.giveWay();
        given = true;
      }
      Thunk w = t.waitingFor;
      t = w != null && w.state instanceof EvalThread next ? next : null;
    }
    if (!given) {
      throw EvalException.infiniteRecursion(at);
    }
  }

  @Override
  public String described() {
    return state instanceof Reads ? value.described() : "a thunk";
  }
}
