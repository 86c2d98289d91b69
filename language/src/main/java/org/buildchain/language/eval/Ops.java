package org.buildchain.language.eval;

import java.util.Arrays;
import org.buildchain.language.error.AbandonedException;
import org.buildchain.language.error.EvalCancelledException;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.syntax.Pos;

/**
 * What nodes need of the evaluator while they run: calls, and values of an expected type. The limit
 * on nested calls is Nix's {@code max-call-depth}.
 */
final class Ops {
  private final Evaluator ev;
  private final boolean showTrace;
  private final int maxCallDepth;

  Ops(Evaluator ev, EvalSettings settings) {
    this.ev = ev;
    this.showTrace = settings.showTrace();
    this.maxCallDepth = settings.maxCallDepth();
  }

  Evaluator evaluator() {
    return ev;
  }

  /** A call with one argument. */
  Value call(Value f, Value arg, Pos at) {
    if (f instanceof Value.Lambda l) {
      EvalThread t = enter(at);
      try {
        return apply(l, arg, at);
      } finally {
        t.callDepth--;
      }
    }
    return call(f, new Value[] {arg}, at);
  }

  private Value apply(Value.Lambda f, Value arg, Pos at) {
    // A function that is all of a file. Any other is made anew by each evaluation around it.
    return f.env() == null && f.code().hasFormals()
        ? ev.closedCalls().apply(f, arg, () -> run(f, arg, at))
        : run(f, arg, at);
  }

  private Value run(Value.Lambda f, Value arg, Pos at) {
    Env scope = f.code().scope(f.env(), arg, at);
    try {
      return f.code().body().eval(scope);
    } catch (StackOverflowError e) {
      throw EvalException.stackOverflow(at);
    } catch (EvalException e) {
      if (!showTrace) {
        throw e;
      }
      e.trace(f.pos(), "while calling " + f.code().shown());
      throw at.isKnown() ? e.trace(at, "from call site") : e;
    }
  }

  /** One call deeper; whoever enters takes one from the thread's depth in the end. */
  EvalThread enter(Pos at) {
    EvalThread t = EvalThread.current();
    if (t.callDepth > maxCallDepth) {
      throw new EvalException(
          EvalException.Kind.OTHER, at, "stack overflow; max-call-depth exceeded");
    }
    t.tick();
    if ((++t.calls & 0xfff) == 0 && ev.host().cancelled()) {
      throw new EvalCancelledException();
    }
    if (t.isAbandoned()) {
      throw new AbandonedException();
    }
    t.callDepth++;
    return t;
  }

  /** A call with any number of arguments; it counts as one level of nesting. */
  Value call(Value f, Value[] args, Pos at) {
    EvalThread t = enter(at);
    try {
      return applyAll(f instanceof Thunk ? Node.force(f, at) : f, args, at);
    } finally {
      t.callDepth--;
    }
  }

  private Value applyAll(Value f, Value[] args, Pos at) {
    Value current = f;
    int done = 0;
    while (done < args.length) {
      switch (current) {
        case Value.Lambda l -> current = apply(l, args[done++], at);
        case Value.Builtin b -> {
          int arity = b.def().arity();
          int have = args.length - done;
          if (have < arity) {
            return new Value.PartialBuiltin(b.def(), slice(args, done, have));
          }
          current = apply(b.def(), arity == args.length ? args : slice(args, done, arity), at);
          done += arity;
        }
        case Value.PartialBuiltin p -> {
          int missing = p.def().arity() - p.given().length;
          int take = Math.min(missing, args.length - done);
          Value[] all = Arrays.copyOf(p.given(), p.given().length + take);
          System.arraycopy(args, done, all, p.given().length, take);
          done += take;
          if (take < missing) {
            return new Value.PartialBuiltin(p.def(), all);
          }
          current = apply(p.def(), all, at);
        }
        case Attrs a when a.has(ev.names().functor) -> {
          int i = a.indexOf(ev.names().functor);
          try {
            current = call(a.value(i), new Value[] {a, args[done]}, a.pos(i));
          } catch (EvalException e) {
            throw e.trace(
                at, "while calling a functor (an attribute set with a '__functor' attribute)");
          }
          done++;
        }
        default ->
            throw new EvalException(
                EvalException.Kind.TYPE,
                at,
                "attempt to call something which is not a function but "
                    + current.described()
                    + ": "
                    + ev.show(current));
      }
    }
    return current;
  }

  private static Value[] slice(Value[] args, int from, int length) {
    return Arrays.copyOfRange(args, from, from + length);
  }

  private Value apply(BuiltinDef def, Value[] args, Pos at) {
    try {
      return def.code().apply(ev, args);
    } catch (EvalException e) {
      throw def.traced() ? e.trace(at, "while calling the '" + def.shownName() + "' builtin") : e;
    }
  }

  boolean bool(Node n, Env env, Pos at, String context) {
    try {
      Value v = n.eval(env);
      if (v instanceof Value.Bool b) {
        return b == Value.Bool.TRUE;
      }
      throw expected("a Boolean", v).at(at);
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
  }

  /** The set that {@code n} evaluates to. */
  Attrs attrs(Node n, Env env, Pos at, String context) {
    try {
      Value v = n.eval(env);
      if (v instanceof Attrs a) {
        return a;
      }
      throw expected("a set", v);
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
  }

  /** The set that {@code v} is; only a wrong type gets the context, a failing thunk does not. */
  Attrs attrs(Value v, Pos at, String context) {
    Value f = Node.force(v, at);
    if (f instanceof Attrs a) {
      return a;
    }
    throw expected("a set", f).trace(at, context);
  }

  EvalException expected(String what, Value found) {
    return EvalException.type(
        "expected " + what + " but found " + found.described() + ": " + ev.show(found));
  }
}
