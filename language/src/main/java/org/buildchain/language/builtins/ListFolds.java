package org.buildchain.language.builtins;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Symbol;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/** Builtins that go over a whole list: folds, searches, sorting, grouping, closures. */
final class ListFolds {
  private ListFolds() {}

  static void register(Registry r) {
    r.three("foldl'", ListFolds::foldl);
    r.two("any", (ev, f, l) -> Value.Bool.of(find(ev, "any", f, l, true)));
    r.two("all", (ev, f, l) -> Value.Bool.of(!find(ev, "all", f, l, false)));
    r.two("sort", ListFolds::sort);
    r.two("partition", ListFolds::partition);
    r.two("groupBy", ListFolds::groupBy);
    r.one("genericClosure", ListFolds::genericClosure);
  }

  private static Value foldl(Evaluator ev, Value f, Value start, Value list) {
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins.foldlStrict");
    Value.List l =
        Args.list(ev, list, "while evaluating the third argument passed to builtins.foldlStrict");
    Value acc = start;
    for (Value e : l.elements()) {
      acc = ev.call(fn, acc, e);
    }
    return ev.force(acc);
  }

  private static boolean find(Evaluator ev, String name, Value f, Value list, boolean wanted) {
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins." + name);
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins." + name);
    for (Value e : l.elements()) {
      if (Args.bool(
              ev,
              ev.call(fn, e),
              "while evaluating the return value of the function passed to builtins." + name)
          == wanted) {
        return true;
      }
    }
    return false;
  }

  /** A stable merge sort; a comparison that is no order gives some permutation, never a fault. */
  private static Value sort(Evaluator ev, Value f, Value list) {
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.sort");
    if (l.size() == 0) {
      return l;
    }
    Value fn = Args.function(ev, f, "while evaluating the first argument passed to builtins.sort");
    Value[] out = l.elements().clone();
    for (Value v : out) {
      ev.force(v);
    }
    boolean natural = fn instanceof Value.Builtin b && b.def().name().equals("lessThan");
    Order order = new Order(ev, "while evaluating the ordering function passed to builtins.sort");
    merge(
        out,
        new Value[out.length],
        0,
        out.length,
        (a, b) ->
            natural
                ? order.less(a, b)
                : Args.bool(
                    ev,
                    ev.call(fn, a, b),
                    "while evaluating the return value of the sorting function passed to"
                        + " builtins.sort"));
    return new Value.List(out);
  }

  @FunctionalInterface
  private interface Less {
    boolean test(Value a, Value b);
  }

  private static void merge(Value[] v, Value[] scratch, int from, int to, Less less) {
    if (to - from < 2) {
      return;
    }
    int mid = (from + to) >>> 1;
    merge(v, scratch, from, mid, less);
    merge(v, scratch, mid, to, less);
    System.arraycopy(v, from, scratch, from, to - from);
    int i = from;
    int j = mid;
    for (int k = from; k < to; k++) {
      if (j == to || (i < mid && !less.test(scratch[j], scratch[i]))) {
        v[k] = scratch[i++];
      } else {
        v[k] = scratch[j++];
      }
    }
  }

  private static Value partition(Evaluator ev, Value f, Value list) {
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins.partition");
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.partition");
    List<Value> right = new ArrayList<>();
    List<Value> wrong = new ArrayList<>();
    for (Value e : l.elements()) {
      // Unlike filter and groupBy, also where the function does not look at it.
      ev.force(e);
      boolean yes =
          Args.bool(
              ev,
              ev.call(fn, e),
              "while evaluating the return value of the partition function passed to"
                  + " builtins.partition");
      (yes ? right : wrong).add(e);
    }
    return new Attrs.Builder(2)
        .put(ev.symbols().of("right"), Value.List.of(right))
        .put(ev.symbols().of("wrong"), Value.List.of(wrong))
        .build();
  }

  private static Value groupBy(Evaluator ev, Value f, Value list) {
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins.groupBy");
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.groupBy");
    Map<Symbol, List<Value>> groups = new LinkedHashMap<>();
    for (Value e : l.elements()) {
      String name =
          Args.plain(
              ev,
              ev.call(fn, e),
              "while evaluating the return value of the grouping function passed to"
                  + " builtins.groupBy");
      groups.computeIfAbsent(ev.symbols().of(name), k -> new ArrayList<>()).add(e);
    }
    Attrs.Builder b = new Attrs.Builder(groups.size());
    groups.forEach((name, values) -> b.put(name, Value.List.of(values)));
    return b.build();
  }

  private static Value genericClosure(Evaluator ev, Value v) {
    Attrs a =
        Args.attrs(ev, v, "while evaluating the first argument passed to builtins.genericClosure");
    Value.List start =
        Args.list(
            ev,
            Args.required(
                a,
                ev.symbols().of("startSet"),
                "in the attrset passed as argument to builtins.genericClosure"),
            "while evaluating the 'startSet' attribute passed as argument to"
                + " builtins.genericClosure");
    if (start.size() == 0) {
      return start;
    }
    Value operator =
        Args.function(
            ev,
            Args.required(
                a,
                ev.symbols().of("operator"),
                "in the attrset passed as argument to builtins.genericClosure"),
            "while evaluating the 'operator' attribute passed as argument to"
                + " builtins.genericClosure");
    Symbol key = ev.symbols().of("key");
    TreeMap<Value, Value> done = new Keys(ev).elements;
    Deque<Value> work = new ArrayDeque<>(List.of(start.elements()));
    List<Value> out = new ArrayList<>();
    while (!work.isEmpty()) {
      Value e = work.poll();
      Attrs set =
          Args.attrs(
              ev,
              e,
              "while evaluating one of the elements generated by (or initially passed to)"
                  + " builtins.genericClosure");
      Value k =
          Args.required(
              set,
              key,
              "in one of the attrsets generated by (or initially passed to)"
                  + " builtins.genericClosure");
      if (!addKey(ev, done, k, e)) {
        continue;
      }
      out.add(e);
      Value.List more =
          Args.list(
              ev,
              ev.call(operator, e),
              "while evaluating the return value of the `operator` passed to"
                  + " builtins.genericClosure");
      for (Value m : more.elements()) {
        try {
          ev.force(m);
        } catch (EvalException x) {
          throw x.at(Pos.NONE);
        }
        work.add(m);
      }
    }
    return Value.List.of(out);
  }

  /** The first key is compared with nothing, so it may be of any type. */
  private static final class Keys implements Comparator<Value> {
    private final Order order;
    private final TreeMap<Value, Value> elements = new TreeMap<>(this);

    Keys(Evaluator ev) {
      this.order = new Order(ev, "");
    }

    @Override
    public int compare(Value x, Value y) {
      if (elements.isEmpty()) {
        return 0;
      }
      return order.less(x, y) ? -1 : order.less(y, x) ? 1 : 0;
    }
  }

  /** Whether the key is new; {@code done} holds the element of each. */
  private static boolean addKey(
      Evaluator ev, TreeMap<Value, Value> done, Value key, Value element) {
    Value k = ev.force(key);
    try {
      return done.putIfAbsent(k, element) == null;
    } catch (EvalException e) {
      for (Map.Entry<Value, Value> other : done.entrySet()) {
        if (!comparable(ev, k, other.getKey())) {
          e.trace(Pos.NONE, "with element " + ev.show(other.getValue()));
          throw e.trace(Pos.NONE, "while comparing element " + ev.show(element));
        }
      }
      throw e.trace(Pos.NONE, "while checking key of element " + ev.show(element));
    }
  }

  private static boolean comparable(Evaluator ev, Value a, Value b) {
    try {
      new Order(ev, "").less(a, b);
      return true;
    } catch (EvalException e) {
      return false;
    }
  }
}
