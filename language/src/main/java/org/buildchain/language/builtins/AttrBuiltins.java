package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Symbol;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/** Builtins on attribute sets. */
final class AttrBuiltins {
  private AttrBuiltins() {}

  static void register(Registry r) {
    r.one("attrNames", AttrBuiltins::attrNames);
    r.one("attrValues", AttrBuiltins::attrValues);
    r.two("getAttr", AttrBuiltins::getAttr);
    r.two("hasAttr", AttrBuiltins::hasAttr);
    r.two("unsafeGetAttrPos", AttrBuiltins::unsafeGetAttrPos);
    r.globalTwo("removeAttrs", AttrBuiltins::removeAttrs);
    r.one("listToAttrs", AttrBuiltins::listToAttrs);
    r.two("intersectAttrs", AttrBuiltins::intersectAttrs);
    r.two("catAttrs", AttrBuiltins::catAttrs);
    r.two("mapAttrs", AttrBuiltins::mapAttrs);
    r.two("zipAttrsWith", AttrBuiltins::zipAttrsWith);
  }

  private static Value attrNames(Evaluator ev, Value v) {
    Attrs a = Args.attrs(ev, v, "while evaluating the argument passed to builtins.attrNames");
    int[] order = a.byName();
    Value[] out = new Value[order.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = new Str(a.name(order[i]).name());
    }
    return new Value.List(out);
  }

  private static Value attrValues(Evaluator ev, Value v) {
    Attrs a = Args.attrs(ev, v, "while evaluating the argument passed to builtins.attrValues");
    int[] order = a.byName();
    Value[] out = new Value[order.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a.value(order[i]);
    }
    return new Value.List(out);
  }

  private static Value getAttr(Evaluator ev, Value name, Value set) {
    String n =
        Args.plain(ev, name, "while evaluating the first argument passed to builtins.getAttr");
    Attrs a =
        Args.attrs(ev, set, "while evaluating the second argument passed to builtins.getAttr");
    return ev.force(
        Args.required(a, ev.symbols().of(n), "in the attribute set under consideration"));
  }

  private static Value hasAttr(Evaluator ev, Value name, Value set) {
    String n =
        Args.plain(ev, name, "while evaluating the first argument passed to builtins.hasAttr");
    Attrs a =
        Args.attrs(ev, set, "while evaluating the second argument passed to builtins.hasAttr");
    return Value.Bool.of(a.has(ev.symbols().of(n)));
  }

  private static Value unsafeGetAttrPos(Evaluator ev, Value name, Value set) {
    String n =
        Args.plain(
            ev, name, "while evaluating the first argument passed to builtins.unsafeGetAttrPos");
    Attrs a =
        Args.attrs(
            ev, set, "while evaluating the second argument passed to builtins.unsafeGetAttrPos");
    int i = a.indexOf(ev.symbols().of(n));
    return i < 0 ? Value.Null.NULL : ev.position(a.pos(i));
  }

  private static Value removeAttrs(Evaluator ev, Value set, Value names) {
    Attrs a =
        Args.attrs(ev, set, "while evaluating the first argument passed to builtins.removeAttrs");
    Value.List l =
        Args.list(ev, names, "while evaluating the second argument passed to builtins.removeAttrs");
    Set<Symbol> gone = HashSet.newHashSet(l.size());
    for (Value v : l.elements()) {
      gone.add(
          ev.symbols()
              .of(
                  Args.plain(
                      ev,
                      v,
                      "while evaluating the values of the second argument passed to"
                          + " builtins.removeAttrs")));
    }
    Attrs.Builder b = new Attrs.Builder(a.size());
    for (int i = 0; i < a.size(); i++) {
      if (!gone.contains(a.name(i))) {
        b.put(a.name(i), a.value(i), a.pos(i));
      }
    }
    return b.build(ev.symbols());
  }

  private static Value listToAttrs(Evaluator ev, Value v) {
    Value.List l = Args.list(ev, v, "while evaluating the argument passed to builtins.listToAttrs");
    Symbol nameKey = ev.symbols().of("name");
    Symbol valueKey = ev.symbols().of("value");
    Attrs.Builder b = new Attrs.Builder(l.size());
    Set<Symbol> seen = HashSet.newHashSet(l.size());
    for (Value e : l.elements()) {
      Attrs a =
          Args.attrs(
              ev, e, "while evaluating an element of the list passed to builtins.listToAttrs");
      int at = a.indexOf(nameKey);
      Value name = Args.required(a, nameKey, "in a {name=...; value=...;} pair");
      String n =
          ev.stringNoContext(
              name,
              a.pos(at),
              "while evaluating the `name` attribute of an element of the list passed to"
                  + " builtins.listToAttrs");
      Symbol s = ev.symbols().of(n);
      if (seen.add(s)) {
        int value = a.indexOf(valueKey);
        b.put(s, Args.required(a, valueKey, "in a {name=...; value=...;} pair"), a.pos(value));
      }
    }
    return b.build();
  }

  private static Value intersectAttrs(Evaluator ev, Value left, Value right) {
    Attrs a =
        Args.attrs(
            ev, left, "while evaluating the first argument passed to builtins.intersectAttrs");
    Attrs b =
        Args.attrs(
            ev, right, "while evaluating the second argument passed to builtins.intersectAttrs");
    boolean walkLeft = a.size() < b.size();
    Attrs walked = walkLeft ? a : b;
    Attrs.Builder out = new Attrs.Builder(walked.size());
    for (int i = 0; i < walked.size(); i++) {
      Symbol name = walked.name(i);
      int j = walkLeft ? b.indexOf(name) : i;
      if (j >= 0 && (walkLeft || a.has(name))) {
        out.put(name, b.value(j), b.pos(j));
      }
    }
    return out.build(ev.symbols());
  }

  private static Value catAttrs(Evaluator ev, Value name, Value list) {
    Symbol s =
        ev.symbols()
            .of(
                Args.plain(
                    ev, name, "while evaluating the first argument passed to builtins.catAttrs"));
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.catAttrs");
    List<Value> out = new ArrayList<>(l.size());
    for (Value e : l.elements()) {
      Value v =
          Args.attrs(
                  ev,
                  e,
                  "while evaluating an element in the list passed as second argument to"
                      + " builtins.catAttrs")
              .get(s);
      if (v != null) {
        out.add(v);
      }
    }
    return Value.List.of(out);
  }

  private static Value mapAttrs(Evaluator ev, Value f, Value set) {
    Attrs a =
        Args.attrs(ev, set, "while evaluating the second argument passed to builtins.mapAttrs");
    // Nix does not look at the function before an element is needed. Until then nobody knows where
    // it was written, and a trace does not tell.
    Value fn = f instanceof Value.Lambda ? Thunk.of(() -> f) : f;
    Value[] values = new Value[a.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ev.delayCall(fn, new Str(a.name(i).name()), a.value(i));
    }
    return a.with(values);
  }

  private static Value zipAttrsWith(Evaluator ev, Value f, Value list) {
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins.zipAttrsWith");
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.zipAttrsWith");
    Map<Symbol, List<Value>> found = new LinkedHashMap<>();
    for (Value e : l.elements()) {
      Attrs a;
      try {
        a =
            Args.attrs(
                ev,
                e,
                "while evaluating a value of the list passed as second argument to"
                    + " builtins.zipAttrsWith");
      } catch (EvalException x) {
        throw x.at(Pos.NONE);
      }
      for (int i = 0; i < a.size(); i++) {
        found.computeIfAbsent(a.name(i), n -> new ArrayList<>()).add(a.value(i));
      }
    }
    Attrs.Builder b = new Attrs.Builder(found.size());
    found.forEach(
        (name, values) ->
            b.put(name, ev.delayCall(fn, new Str(name.name()), Value.List.of(values))));
    return b.build();
  }
}
