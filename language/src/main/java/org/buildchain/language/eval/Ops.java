package org.buildchain.language.eval;

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

  Value callLambda(Value.Lambda f, Value arg, Pos callSite) {
    EvalThread t = EvalThread.current();
    enter(t, callSite);
    try {
      return f.code().call(f.env(), arg, callSite);
    } catch (EvalException e) {
      if (showTrace) {
        e.trace(f.pos(), "while calling " + f.code().shown());
        if (callSite.isKnown()) {
          e.trace(callSite, "from call site");
        }
      }
      throw e;
    } finally {
      t.callDepth--;
    }
  }

  private void enter(EvalThread t, Pos at) {
    if (++t.callDepth > maxCallDepth) {
      t.callDepth--;
      throw new EvalException(
          EvalException.Kind.OTHER, at, "stack overflow; max-call-depth exceeded");
    }
    if ((++t.ticks & 0xfff) == 0 && ev.host().cancelled()) {
      t.callDepth--;
      throw new EvalCancelledException();
    }
  }

  Value call(Value f, Value[] args, Pos at) {
    Value current = f instanceof Thunk ? Node.force(f, at) : f;
    int done = 0;
    while (done < args.length) {
      switch (current) {
        case Value.Lambda l -> current = callLambda(l, args[done++], at);
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
          Value[] all = new Value[p.given().length + take];
          System.arraycopy(p.given(), 0, all, 0, p.given().length);
          System.arraycopy(args, done, all, p.given().length, take);
          done += take;
          if (take < missing) {
            return new Value.PartialBuiltin(p.def(), all);
          }
          current = apply(p.def(), all, at);
        }
        case Attrs a when a.has(ev.names().functor) -> {
          Value functor = a.get(ev.names().functor);
          Pos place = a.pos(a.indexOf(ev.names().functor));
          try {
            current = call(functor, new Value[] {a, args[done]}, place);
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
    Value[] out = new Value[length];
    System.arraycopy(args, from, out, 0, length);
    return out;
  }

  private Value apply(BuiltinDef def, Value[] args, Pos at) {
    EvalThread t = EvalThread.current();
    enter(t, at);
    try {
      return def.code().apply(ev, args);
    } catch (EvalException e) {
      throw e.trace(at, "while calling the '" + def.shownName() + "' builtin");
    } finally {
      t.callDepth--;
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
