package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.error.Suggestions;
import org.buildchain.language.syntax.Pos;

/** {@code e.a.b}, {@code e.a.b or d} and {@code e ? a.b}. */
final class SelectNode extends Node {
  /** A name in a path: {@code known}, or if that is {@code null} to be computed. */
  record Name(Symbol known, Node computed, String shown) {}

  private final Ops ops;
  private final Node subject;
  private final Name[] path;
  private final Node fallback;

  /** A selection; {@code fallback} may be {@code null}. */
  SelectNode(Pos pos, Ops ops, Node subject, Name[] path, Node fallback) {
    super(pos);
    this.ops = ops;
    this.subject = subject;
    this.path = path;
    this.fallback = fallback;
  }

  private static Symbol name(Ops ops, Name n, Env env) {
    if (n.known != null) {
      return n.known;
    }
    Value v = n.computed.eval(env);
    String s =
        ops.evaluator().stringNoContext(v, n.computed.pos(), "while evaluating an attribute name");
    return ops.evaluator().symbols().of(s);
  }

  @Override
  Value eval(Env env) {
    Value current = subject.eval(env);
    Attrs from = Attrs.EMPTY;
    int at = 0;
    try {
      for (Name n : path) {
        Symbol name = name(ops, n, env);
        if (fallback != null) {
          current = force(current, pos());
          int i = current instanceof Attrs a ? a.indexOf(name) : -1;
          if (i < 0) {
            return fallback.eval(env);
          }
          from = (Attrs) current;
          at = i;
          current = from.value(i);
        } else {
          Attrs a =
              current instanceof Attrs direct
                  ? direct
                  : ops.attrs(current, pos(), "while selecting an attribute");
          int i = a.indexOf(name);
          if (i < 0) {
            throw missing(a, name);
          }
          from = a;
          at = i;
          current = a.value(i);
        }
      }
      return current instanceof Thunk t ? force(t, from, at) : current;
    } catch (EvalException e) {
      Pos found = place(from, at);
      if (found.isKnown() && !found.source().isDerivation()) {
        e.trace(found, "while evaluating the attribute '" + shown(env) + "'");
      }
      throw e;
    }
  }

  private Value force(Thunk t, Attrs from, int at) {
    Value known = t.constant();
    if (known != null) {
      return known;
    }
    Pos found = place(from, at);
    return t.force(found.isKnown() ? found : pos());
  }

  /** Where the attribute was defined that was selected last, if one was. */
  private static Pos place(Attrs from, int at) {
    return from.size() == 0 ? Pos.NONE : from.pos(at);
  }

  private EvalException missing(Attrs a, Symbol name) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      all.add(a.name(i).name());
    }
    return new EvalException(
        EvalException.Kind.MISSING_ATTRIBUTE,
        pos(),
        "attribute '" + name + "' missing",
        Suggestions.of(all, name.name()));
  }

  private String shown(Env env) {
    StringBuilder b = new StringBuilder();
    for (Name n : path) {
      if (b.length() > 0) {
        b.append('.');
      }
      try {
        b.append(name(ops, n, env));
      } catch (EvalException e) {
        b.append("\"${").append(n.shown).append("}\"");
      }
    }
    return b.toString();
  }

  /** {@code e ? a.b}. */
  static final class Has extends Node {
    private final Ops ops;
    private final Node subject;
    private final Name[] path;

    Has(Pos pos, Ops ops, Node subject, Name[] path) {
      super(pos);
      this.ops = ops;
      this.subject = subject;
      this.path = path;
    }

    @Override
    Value eval(Env env) {
      Value current = subject.eval(env);
      for (Name n : path) {
        current = force(current, pos());
        Symbol name = name(ops, n, env);
        Value v = current instanceof Attrs a ? a.get(name) : null;
        if (v == null) {
          return Value.Bool.FALSE;
        }
        current = v;
      }
      return Value.Bool.TRUE;
    }
  }
}
