package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Floats;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;

/**
 * Prints values as error messages, {@code nix eval} and the REPL show them. Source: {@code
 * print.cc}.
 */
public final class ValuePrinter {
  /**
   * How much is printed.
   *
   * @param force whether thunks are evaluated
   * @param derivationPaths whether a derivation is shown as its path
   * @param maxDepth the levels of lists and sets that are entered
   * @param maxItems the attributes, and the list items, shown in all
   * @param maxString the bytes of a string that are shown
   * @param indent the width of a level over several lines; 0 for one line
   * @param showErrors whether an error below the top is printed in the place of the value
   */
  public record Options(
      boolean force,
      boolean derivationPaths,
      int maxDepth,
      int maxItems,
      int maxString,
      int indent,
      boolean trackRepeated,
      boolean showErrors) {
    /** In error messages: nothing is evaluated, little is shown. */
    public static final Options ERROR = new Options(false, false, 10, 10, 1024, 0, true, false);

    /** As {@code nix eval} prints its result. */
    public static final Options EVAL =
        new Options(
            true, true, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, true, false);

    /** As the REPL prints, down to a depth. */
    public static Options repl(int maxDepth) {
      return new Options(true, true, maxDepth, Integer.MAX_VALUE, Integer.MAX_VALUE, 2, true, true);
    }
  }

  private final Evaluator ev;
  private final Options options;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder out = new StringBuilder();
  private int attrsShown;
  private int itemsShown;
  private int level;

  /**
   * Prints one value.
   *
   * @param ev whose values it prints
   */
  public ValuePrinter(Evaluator ev, Options options) {
    this.ev = ev;
    this.options = options;
  }

  /** The text of one value. A printer prints once. */
  public String print(Value v) {
    print(v, 0);
    return out.toString();
  }

  private Value shown(Value v) {
    if (v instanceof Thunk t) {
      // Forced though it is known: what it was computed from counts to whoever prints.
      return options.force() || t.peek() != null ? t.force() : v;
    }
    return v;
  }

  private void print(Value value, int depth) {
    if (depth == 0 || !options.showErrors()) {
      printValue(value, depth);
      return;
    }
    try {
      printValue(value, depth);
    } catch (EvalException e) {
      out.append(Literals.marked("error: " + e.getMessage()));
    }
  }

  private void printValue(Value value, int depth) {
    EvalThread.poll();
    Value v = shown(value);
    switch (v) {
      case Value.Int i -> out.append(i.value());
      case Value.Float f -> out.append(Floats.shown(f.value()));
      case Value.Bool b -> out.append(b == Value.Bool.TRUE ? "true" : "false");
      case Value.Null n -> out.append("null");
      case Str s -> string(s.value());
      case Value.Path p -> out.append(p.shown());
      case Value.List l -> list(l, value, depth);
      case Attrs a -> attrs(a, depth);
      case Value.Lambda l -> {
        String name = l.code().name().map(n -> " " + n).orElse("");
        out.append(Literals.marked("lambda" + name + " @ " + l.pos()));
      }
      case Value.Builtin b -> out.append(Literals.marked("primop " + b.def().name()));
      case Value.PartialBuiltin p ->
          out.append(Literals.marked("partially applied primop " + p.def().name()));
      case Thunk t ->
          out.append(Literals.marked(t.isRunning() ? "potential infinite recursion" : "thunk"));
    }
  }

  private void string(String s) {
    if (s.length() <= options.maxString()) {
      Literals.quote(s, out);
      return;
    }
    Literals.quote(s.substring(0, options.maxString()), out);
    elided(s.length() - options.maxString(), "byte", "bytes");
  }

  private void elided(int n, String one, String many) {
    out.append(Literals.marked(n + " " + (n == 1 ? one : many) + " elided"));
  }

  private void space(boolean lines) {
    if (lines) {
      out.append('\n').append(" ".repeat(level * options.indent()));
    } else {
      out.append(' ');
    }
  }

  private boolean nested(Value v) {
    Value f = shown(v);
    return f instanceof Value.List || f instanceof Attrs || f instanceof Thunk;
  }

  private void list(Value.List l, Value identity, int depth) {
    if (options.trackRepeated() && l.size() > 0 && !seen.add(identity)) {
      out.append(Literals.marked("repeated"));
      return;
    }
    if (depth >= options.maxDepth()) {
      out.append("[ ... ]");
      return;
    }
    boolean lines = options.indent() > 0 && (l.size() > 1 || (l.size() == 1 && nested(l.get(0))));
    out.append('[');
    level++;
    for (int i = 0; i < l.size(); i++) {
      space(lines);
      if (itemsShown >= options.maxItems()) {
        elided(l.size() - i, "item", "items");
        break;
      }
      print(l.get(i), depth + 1);
      itemsShown++;
    }
    level--;
    space(lines);
    out.append(']');
  }

  private String storePath(Value drvPath, Pos at) {
    String context = "while evaluating the drvPath of a derivation";
    StoreDir dir = ev.host().storeDir();
    String text = ev.coercion().coerce(drvPath, at, context, false, false, true).value();
    try {
      return dir.print(dir.parse(text.startsWith("/") ? Paths.canonical(text) : text));
    } catch (FormatException e) {
      throw EvalException.other("path '" + text + "' is not in the Nix store").trace(at, context);
    }
  }

  private void attrs(Attrs a, int depth) {
    if (options.trackRepeated() && !seen.add(a)) {
      out.append(Literals.marked("repeated"));
      return;
    }
    if (options.force() && options.derivationPaths() && ev.isDerivation(a)) {
      int drv = a.indexOf(ev.names().drvPath);
      String path = drv < 0 ? "" : " " + storePath(a.value(drv), a.pos(drv));
      out.append(Literals.marked("derivation" + path));
      return;
    }
    if (depth >= options.maxDepth()) {
      out.append("{ ... }");
      return;
    }
    List<Integer> order = new ArrayList<>();
    for (int i : a.byName()) {
      order.add(i);
    }
    if (options.maxItems() != Integer.MAX_VALUE) {
      order.sort(
          Comparator.comparing(
              i -> !(a.name(i).name().equals("type") || a.name(i).name().equals("_type"))));
    }
    boolean lines = options.indent() > 0 && (a.size() > 1 || (a.size() == 1 && nested(a.value(0))));
    out.append('{');
    level++;
    int done = 0;
    for (int i : order) {
      space(lines);
      if (attrsShown >= options.maxItems()) {
        elided(a.size() - done, "attribute", "attributes");
        break;
      }
      out.append(Literals.name(a.name(i).name())).append(" = ");
      print(a.value(i), depth + 1);
      out.append(';');
      attrsShown++;
      done++;
    }
    level--;
    space(lines);
    out.append('}');
  }
}
