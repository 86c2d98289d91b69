package org.buildchain.language.syntax;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Prints a tree as messages show it ({@code assertion '(a == b)' failed}). Source: {@code
 * nixexpr.cc}.
 */
public final class ExprPrinter {
  private final StringBuilder out = new StringBuilder();

  private ExprPrinter() {}

  /** The expression on one line. */
  public static String show(Expr e) {
    ExprPrinter p = new ExprPrinter();
    p.print(e);
    return p.out.toString();
  }

  private void print(Expr e) {
    switch (e) {
      case Expr.Int i -> out.append(i.value());
      case Expr.Float f -> out.append(Floats.shown(f.value()));
      case Expr.Str s -> Literals.quote(s.value(), out);
      case Expr.PathLiteral p -> out.append(p.path());
      case Expr.Var v -> out.append(Literals.name(v.name()));
      case Expr.InheritFrom f -> out.append("(/* expanded inherit (expr) */)");
      case Expr.Select s -> {
        write("(", s.subject(), ").", AttrPaths.show(s.path()));
        s.fallback().ifPresent(d -> write(" or (", d, ")"));
      }
      case Expr.HasAttr h -> write("((", h.subject(), ") ? ", AttrPaths.show(h.path()), ")");
      case AttrSet a -> {
        out.append(a.recursive() ? "rec { " : "{ ");
        bindings(a);
        out.append('}');
      }
      case Expr.ListOf l -> {
        out.append("[ ");
        l.elements().forEach(x -> write("(", x, ") "));
        out.append(']');
      }
      case Expr.Lambda l -> lambda(l);
      case Expr.Call c -> joined("(", " ", ")", c.function(), c.arguments());
      case Expr.Let l -> {
        out.append("(let ");
        bindings(l.bindings());
        write("in ", l.body(), ")");
      }
      case Expr.With w -> write("(with ", w.scope(), "; ", w.body(), ")");
      case Expr.If i ->
          write("(if ", i.condition(), " then ", i.then(), " else ", i.otherwise(), ")");
      case Expr.Assert a -> write("assert ", a.condition(), "; ", a.body());
      case Expr.Not n -> write("(! ", n.operand(), ")");
      case Expr.Binary b -> write("(", b.left(), " " + b.operator().symbol() + " ", b.right(), ")");
      case Expr.Concat c ->
          joined("(", " + ", ")", c.parts().getFirst(), c.parts().subList(1, c.parts().size()));
      case Expr.CurPos c -> out.append("__curPos");
    }
  }

  /** Texts as they are, and expressions as they are printed. */
  private void write(Object... parts) {
    for (Object part : parts) {
      if (part instanceof Expr e) {
        print(e);
      } else {
        out.append(part);
      }
    }
  }

  private void joined(String open, String between, String close, Expr first, List<Expr> rest) {
    out.append(open);
    print(first);
    for (Expr e : rest) {
      out.append(between);
      print(e);
    }
    out.append(close);
  }

  private void lambda(Expr.Lambda l) {
    out.append('(');
    l.formals()
        .ifPresent(
            f -> {
              out.append("{ ");
              StringJoiner j = new StringJoiner(", ");
              Map<String, Expr.Formal> sorted = new TreeMap<>();
              f.formals().forEach(x -> sorted.put(x.name(), x));
              for (Expr.Formal x : sorted.values()) {
                j.add(x.name() + x.fallback().map(d -> " ? " + show(d)).orElse(""));
              }
              if (f.ellipsis()) {
                j.add("...");
              }
              out.append(j).append(" }");
              if (l.argument().isPresent()) {
                out.append(" @ ");
              }
            });
    l.argument().ifPresent(out::append);
    out.append(": ");
    print(l.body());
    out.append(')');
  }

  private void bindings(AttrSet a) {
    Map<String, AttrSet.Definition> sorted = new TreeMap<>(a.definitions());
    StringJoiner inherited = new StringJoiner(" ", "inherit ", "; ");
    boolean any = false;
    for (Map.Entry<String, AttrSet.Definition> d : sorted.entrySet()) {
      if (d.getValue().kind() == AttrSet.Kind.INHERITED) {
        inherited.add(Literals.name(d.getKey()));
        any = true;
      }
    }
    if (any) {
      out.append(inherited);
    }
    for (int i = 0; i < a.inheritFrom().size(); i++) {
      int index = i;
      List<String> names =
          sorted.entrySet().stream()
              .filter(d -> isFrom(d.getValue().value(), index))
              .map(d -> Literals.name(d.getKey()))
              .toList();
      if (!names.isEmpty()) {
        out.append("inherit (");
        print(a.inheritFrom().get(i));
        out.append(") ").append(String.join(" ", names)).append("; ");
      }
    }
    for (Map.Entry<String, AttrSet.Definition> d : sorted.entrySet()) {
      if (d.getValue().kind() == AttrSet.Kind.PLAIN) {
        out.append(Literals.name(d.getKey())).append(" = ");
        print(d.getValue().value());
        out.append("; ");
      }
    }
    for (AttrSet.Dynamic d : a.dynamics()) {
      out.append("\"${");
      print(d.name());
      out.append("}\" = ");
      print(d.value());
      out.append("; ");
    }
  }

  private static boolean isFrom(Expr value, int index) {
    return value instanceof Expr.Select s
        && s.subject() instanceof Expr.InheritFrom f
        && f.index() == index;
  }
}
