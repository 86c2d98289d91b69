package org.buildchain.language.data;

import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.print.JsonText;
import org.buildchain.language.syntax.Pos;

/**
 * Values as JSON, without white space, as {@code builtins.toJSON} gives it. Source: {@code
 * value-to-json.cc}; the text of strings as RFC 8259 section 7 wants it.
 */
public final class JsonWriter {
  private final Evaluator ev;
  private final boolean copyToStore;
  private final boolean strict;
  private final StringBuilder out = new StringBuilder();
  private final Context.Builder context = new Context.Builder();
  private boolean first = true;

  /**
   * A writer.
   *
   * @param copyToStore whether paths are copied to the store and written as store paths
   */
  public JsonWriter(Evaluator ev, boolean copyToStore) {
    this(ev, copyToStore, true);
  }

  /**
   * A writer.
   *
   * @param copyToStore whether paths are copied to the store and written as store paths
   * @param strict whether thunks are forced; otherwise one that is met is an error
   */
  public JsonWriter(Evaluator ev, boolean copyToStore, boolean strict) {
    this.ev = ev;
    this.copyToStore = copyToStore;
    this.strict = strict;
  }

  /** What was written so far, as an octet string. */
  public String text() {
    return out.toString();
  }

  /** What the strings that were written refer to. */
  public Context context() {
    return context.build();
  }

  /** Begins an object whose members the caller writes, each a {@link #key} and a value. */
  public void beginObject() {
    out.append('{');
    first = true;
  }

  /** Ends the object that was begun last. */
  public void endObject() {
    out.append('}');
    first = false;
  }

  /** The name of the next member, an octet string. */
  public void key(String name) {
    if (!first) {
      out.append(',');
    }
    first = false;
    string(name);
    out.append(':');
  }

  /** Writes a value. */
  public void write(Value value) {
    write(value, Pos.NONE);
  }

  /** Likewise; {@code at} is where what holds the value was defined. */
  public void write(Value value, Pos at) {
    ev.enter(at);
    try {
      write(shown(value, at), at, copyToStore);
    } finally {
      ev.leave();
    }
  }

  private void write(Value v, Pos at, boolean copy) {
    switch (v) {
      case Value.Int i -> out.append(i.value());
      case Value.Float f -> out.append(JsonNumbers.shown(f.value()));
      case Value.Bool b -> out.append(b == Value.Bool.TRUE ? "true" : "false");
      case Value.Null n -> out.append("null");
      case Str s -> {
        context.add(s.context());
        string(s.value());
      }
      case Value.Path p -> {
        Str s = ev.coercion().coerce(p, Pos.NONE, "", false, copy, true);
        context.add(s.context());
        string(s.value());
      }
      case Value.List l -> list(l, at);
      case Attrs a -> peel(a, at, false);
      case Value.Function f ->
          throw EvalException.type("cannot convert " + f.described() + " to JSON")
              .at(f instanceof Value.Lambda l ? l.pos() : at);
      case Thunk t -> throw new IllegalStateException("forced values are no thunks");
    }
  }

  private Value shown(Value value, Pos at) {
    if (!(value instanceof Thunk t)) {
      return value;
    }
    if (!strict && t.peek() == null) {
      throw EvalException.type("cannot convert a thunk to JSON").at(t.place()).at(at);
    }
    return t.force(at);
  }

  private void list(Value.List l, Pos at) {
    out.append('[');
    try (Ahead.Scope _ = ahead(l.elements())) {
      for (int i = 0; i < l.size(); i++) {
        if (i > 0) {
          out.append(',');
        }
        try {
          write(l.get(i), at);
        } catch (EvalException e) {
          throw e.trace(at, "while evaluating list element at index " + i);
        }
      }
    }
    out.append(']');
    first = false;
  }

  /**
   * A set: what its {@code __toString} or {@code outPath} gives, else an object.
   *
   * @param converted whether the set came from a {@code __toString}, which must give a string; a
   *     path that it gives is not copied
   */
  private void peel(Attrs a, Pos at, boolean converted) {
    int f = a.indexOf(ev.symbols().of("__toString"));
    int out = a.indexOf(ev.symbols().of("outPath"));
    if (f >= 0) {
      Value result;
      try {
        result = ev.force(ev.callAt(a.pos(f), a.value(f), a));
      } catch (EvalException e) {
        throw e.trace(a.pos(f), "while calling the `__toString` attribute");
      }
      peeled(result, a.pos(f), true, "while using the result of the `__toString` attribute");
    } else if (out >= 0) {
      Value path;
      try {
        path = a.value(out) instanceof Thunk t ? t.force(a.pos(out)) : a.value(out);
      } catch (EvalException e) {
        throw e.trace(a.pos(out), "while evaluating the `outPath` attribute");
      }
      peeled(path, a.pos(out), converted, "while using the `outPath` attribute");
    } else if (converted) {
      throw noString("must", a, at);
    } else {
      object(a);
    }
  }

  private void peeled(Value v, Pos at, boolean converted, String doing) {
    try {
      ev.enter(at);
      try {
        if (v instanceof Attrs b) {
          peel(b, at, converted);
        } else if (converted && !(v instanceof Str || v instanceof Value.Path)) {
          throw noString("should", v, at);
        } else {
          write(v, at, copyToStore && !converted);
        }
      } finally {
        ev.leave();
      }
    } catch (EvalException e) {
      throw e.trace(at, doing);
    }
  }

  private EvalException noString(String verb, Value v, Pos at) {
    return EvalException.type(
            "`__toString` "
                + verb
                + " return a string, but got "
                + v.described()
                + ": "
                + ev.show(v))
        .at(at);
  }

  private void object(Attrs a) {
    beginObject();
    try (Ahead.Scope _ = ahead(a.valuesByName())) {
      for (int i : a.byName()) {
        key(a.name(i).name());
        try {
          write(a.value(i), a.pos(i));
        } catch (EvalException e) {
          throw e.trace(a.pos(i), "while evaluating attribute '" + a.name(i) + "'");
        }
      }
    }
    endObject();
  }

  private Ahead.Scope ahead(Value[] values) {
    return ev.aheadOfWriting(strict ? values : new Value[0]);
  }

  private void string(String s) {
    JsonText.string(out, s);
  }
}
