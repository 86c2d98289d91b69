package org.buildchain.language.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.LambdaNode;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Floats;
import org.buildchain.language.syntax.Pos;

/** Values as XML. Source: Nix manual, {@code builtins.toXML}; {@code value-to-xml.cc}. */
public final class XmlWriter {
  private final Evaluator ev;
  private final boolean strict;
  private final boolean places;
  private final StringBuilder out = new StringBuilder();
  private final Set<String> derivations = new HashSet<>();
  private final Context.Builder context = new Context.Builder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * A writer.
   *
   * @param strict whether thunks are forced, not written as {@code unevaluated}
   * @param places whether attributes and functions say where they were defined
   */
  public XmlWriter(Evaluator ev, boolean strict, boolean places) {
    this.ev = ev;
    this.strict = strict;
    this.places = places;
  }

  /** What the strings that were written refer to. */
  public Context context() {
    return context.build();
  }

  /** The document of a value. */
  public String document(Value v) {
    out.append("<?xml version='1.0' encoding='utf-8'?>\n");
    open("expr", Map.of());
    value(v);
    close();
    return out.toString();
  }

  /** What there is of a document that has failed, with its elements closed. */
  public String unfinished() {
    while (!open.isEmpty()) {
      close();
    }
    return out.toString();
  }

  private void line(String name, Map<String, String> attributes, String end) {
    out.append("  ".repeat(open.size())).append('<').append(name);
    new TreeMap<>(attributes)
        .forEach(
            (k, v) -> {
              out.append(' ').append(k).append("=\"");
              escape(v);
              out.append('"');
            });
    out.append(end).append('\n');
  }

  private void open(String name, Map<String, String> attributes) {
    line(name, attributes, ">");
    open.push(name);
  }

  private void close() {
    String name = open.pop();
    out.append("  ".repeat(open.size())).append("</").append(name).append(">\n");
  }

  private void empty(String name, Map<String, String> attributes) {
    line(name, attributes, " />");
  }

  private void escape(String s) {
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("&quot;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '\n' -> out.append("&#xA;");
        default -> out.append(c);
      }
    }
  }

  private Value seen(Value v) {
    if (v instanceof Thunk t) {
      return strict ? t.force() : t.peek() != null ? t.peek() : t;
    }
    return v;
  }

  private void value(Value value) {
    EvalThread.poll();
    Value v = seen(value);
    switch (v) {
      case Value.Int i -> empty("int", Map.of("value", Long.toString(i.value())));
      case Value.Float f -> empty("float", Map.of("value", Floats.shown(f.value())));
      case Value.Bool b -> empty("bool", Map.of("value", b == Value.Bool.TRUE ? "true" : "false"));
      case Value.Null n -> empty("null", Map.of());
      case Str s -> {
        context.add(s.context());
        empty("string", Map.of("value", s.value()));
      }
      case Value.Path p -> empty("path", Map.of("value", p.path()));
      case Value.List l -> {
        open("list", Map.of());
        for (Value e : l.elements()) {
          value(e);
        }
        close();
      }
      case Attrs a -> attrs(a);
      case Value.Lambda l -> lambda(l);
      case Value.Function f -> empty("unevaluated", Map.of());
      case Thunk t -> empty("unevaluated", Map.of());
    }
  }

  private void attrs(Attrs a) {
    if (!ev.isDerivation(a)) {
      open("attrs", Map.of());
      members(a);
      close();
      return;
    }
    Map<String, String> x = new TreeMap<>();
    for (String key : List.of("drvPath", "outPath")) {
      Value v = a.get(ev.symbols().of(key));
      if (v != null && seen(v) instanceof Str s) {
        x.put(key, s.value());
      }
    }
    open("derivation", x);
    if (x.containsKey("drvPath") && derivations.add(x.get("drvPath"))) {
      members(a);
    } else {
      empty("repeated", Map.of());
    }
    close();
  }

  private void members(Attrs a) {
    for (int i : a.byName()) {
      Map<String, String> x = place(a.pos(i));
      x.put("name", a.name(i).name());
      open("attr", x);
      value(a.value(i));
      close();
    }
  }

  private Map<String, String> place(Pos p) {
    Map<String, String> x = new TreeMap<>();
    if (places && p.isKnown()) {
      p.source().path().ifPresent(path -> x.put("path", path));
      x.put("line", Integer.toString(p.line()));
      x.put("column", Integer.toString(p.column()));
    }
    return x;
  }

  private void lambda(Value.Lambda l) {
    LambdaNode code = l.code();
    open("function", place(l.pos()));
    if (code.hasFormals()) {
      Map<String, String> x = new TreeMap<>();
      code.argument().ifPresent(n -> x.put("name", n.name()));
      if (code.hasEllipsis()) {
        x.put("ellipsis", "1");
      }
      open("attrspat", x);
      List<String> names = new ArrayList<>();
      for (int i = 0; i < code.formalCount(); i++) {
        names.add(code.formalName(i).name());
      }
      names.sort(null);
      for (String n : names) {
        empty("attr", Map.of("name", n));
      }
      close();
    } else {
      code.argument().ifPresent(n -> empty("varpat", Map.of("name", n.name())));
    }
    close();
  }
}
