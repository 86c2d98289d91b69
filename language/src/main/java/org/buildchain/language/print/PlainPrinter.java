package org.buildchain.language.print;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Floats;
import org.buildchain.language.syntax.Literals;

/**
 * Prints values as {@code nix-instantiate --eval} does. Names are not quoted, so the text need not
 * read back as it was. Source: {@code print-ambiguous.cc}.
 */
public final class PlainPrinter {
  private static final int MAX_DEPTH = 10_000;

  /** The most elements that Nix keeps inside a list's value. */
  private static final int SHORT = 2;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder out = new StringBuilder();

  private PlainPrinter() {}

  /** The text of a value; nothing is forced. */
  public static String show(Value v) {
    PlainPrinter p = new PlainPrinter();
    p.print(v, MAX_DEPTH);
    return p.out.toString();
  }

  private void print(Value value, int depth) {
    if (depth <= 0) {
      out.append(Literals.marked("too deep"));
      return;
    }
    Value v = value instanceof Thunk t && t.peek() != null ? t.peek() : value;
    switch (v) {
      case Value.Int i -> out.append(i.value());
      case Value.Float f -> out.append(Floats.shown(f.value()));
      case Value.Bool b -> out.append(b == Value.Bool.TRUE ? "true" : "false");
      case Value.Null n -> out.append("null");
      case Str s -> Literals.quote(s.value(), out);
      case Value.Path p -> out.append(p.shown());
      case Value.List l -> {
        // Nix tells short lists apart by the place that refers to them, long ones by themselves.
        Object identity = l.size() <= SHORT ? value : l;
        if (l.size() > 0 && !seen.add(identity)) {
          out.append(Literals.marked("repeated"));
          return;
        }
        out.append("[ ");
        for (Value e : l.elements()) {
          print(e, depth - 1);
          out.append(' ');
        }
        out.append(']');
      }
      case Attrs a -> {
        if (a.size() > 0 && !seen.add(a)) {
          out.append(Literals.marked("repeated"));
          return;
        }
        out.append("{ ");
        for (int i : a.byName()) {
          out.append(a.name(i)).append(" = ");
          print(a.value(i), depth - 1);
          out.append("; ");
        }
        out.append('}');
      }
      case Value.Lambda l -> out.append("<LAMBDA>");
      case Value.Builtin b -> out.append("<PRIMOP>");
      case Value.PartialBuiltin p -> out.append("<PRIMOP-APP>");
      case Thunk t ->
          out.append(t.isRunning() ? Literals.marked("potential infinite recursion") : "<CODE>");
    }
  }
}
