package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;

/** Builtins on lists that make or take apart lists. */
final class ListBuiltins {
  private static final long MAX_LENGTH = 1L << 28;

  private ListBuiltins() {}

  static void register(Registry r) {
    r.two("elemAt", ListBuiltins::elemAt);
    r.one("head", ListBuiltins::head);
    r.one("tail", ListBuiltins::tail);
    r.globalTwo("map", ListBuiltins::map);
    r.two("filter", ListBuiltins::filter);
    r.two("elem", ListBuiltins::elem);
    r.one("concatLists", ListBuiltins::concatLists);
    r.two("concatMap", ListBuiltins::concatMap);
    r.one("length", ListBuiltins::length);
    r.two("genList", ListBuiltins::genList);
  }

  private static Value elemAt(Evaluator ev, Value list, Value index) {
    long n =
        Args.integer(ev, index, "while evaluating the second argument passed to 'builtins.elemAt'");
    Value.List l =
        Args.list(ev, list, "while evaluating the first argument passed to 'builtins.elemAt'");
    if (n < 0 || n >= l.size()) {
      throw EvalException.other(
          "'builtins.elemAt' called with index " + n + " on a list of size " + l.size());
    }
    return ev.force(l.get((int) n));
  }

  private static Value head(Evaluator ev, Value list) {
    Value.List l =
        Args.list(ev, list, "while evaluating the first argument passed to 'builtins.head'");
    if (l.size() == 0) {
      throw EvalException.other("'builtins.head' called on an empty list");
    }
    return ev.force(l.get(0));
  }

  private static Value tail(Evaluator ev, Value list) {
    Value.List l =
        Args.list(ev, list, "while evaluating the first argument passed to 'builtins.tail'");
    if (l.size() == 0) {
      throw EvalException.other("'builtins.tail' called on an empty list");
    }
    Value[] out = new Value[l.size() - 1];
    System.arraycopy(l.elements(), 1, out, 0, out.length);
    return new Value.List(out);
  }

  private static Value map(Evaluator ev, Value f, Value list) {
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.map");
    if (l.size() == 0) {
      return l;
    }
    Value fn = Args.function(ev, f, "while evaluating the first argument passed to builtins.map");
    Value[] out = new Value[l.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = ev.delayCall(fn, l.get(i));
    }
    return new Value.List(out);
  }

  private static Value filter(Evaluator ev, Value f, Value list) {
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.filter");
    if (l.size() == 0) {
      return l;
    }
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins.filter");
    List<Value> out = new ArrayList<>(l.size());
    for (Value e : l.elements()) {
      if (Args.bool(
          ev,
          ev.call(fn, e),
          "while evaluating the return value of the filtering function passed to"
              + " builtins.filter")) {
        out.add(e);
      }
    }
    return out.size() == l.size() ? l : Value.List.of(out);
  }

  private static Value elem(Evaluator ev, Value x, Value list) {
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.elem");
    for (Value e : l.elements()) {
      if (ev.equal(x, e)) {
        return Value.Bool.TRUE;
      }
    }
    return Value.Bool.FALSE;
  }

  private static Value concatLists(Evaluator ev, Value lists) {
    Value.List l =
        Args.list(ev, lists, "while evaluating the first argument passed to builtins.concatLists");
    Value.List[] parts = new Value.List[l.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] =
          Args.list(
              ev, l.get(i), "while evaluating a value of the list passed to builtins.concatLists");
    }
    return joined(parts);
  }

  private static Value concatMap(Evaluator ev, Value f, Value list) {
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins.concatMap");
    Value.List l =
        Args.list(ev, list, "while evaluating the second argument passed to builtins.concatMap");
    Value.List[] parts = new Value.List[l.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] =
          ev.list(
              ev.call(fn, l.get(i)),
              Evaluator.placeOf(fn),
              "while evaluating the return value of the function passed to builtins.concatMap");
    }
    return joined(parts);
  }

  private static Value joined(Value.List[] parts) {
    long total = 0;
    Value.List only = Value.List.EMPTY;
    for (Value.List p : parts) {
      total += p.size();
      if (p.size() > 0) {
        only = p;
      }
    }
    if (total == only.size()) {
      return only;
    }
    checkLength(total);
    Value[] out = new Value[(int) total];
    int at = 0;
    for (Value.List p : parts) {
      System.arraycopy(p.elements(), 0, out, at, p.size());
      at += p.size();
    }
    return new Value.List(out);
  }

  private static void checkLength(long n) {
    if (n > MAX_LENGTH) {
      throw EvalException.other("a list is longer than " + MAX_LENGTH + " elements");
    }
  }

  private static Value length(Evaluator ev, Value list) {
    return Value.Int.of(
        Args.list(ev, list, "while evaluating the first argument passed to builtins.length")
            .size());
  }

  private static Value genList(Evaluator ev, Value f, Value length) {
    long n =
        Args.integer(ev, length, "while evaluating the second argument passed to builtins.genList");
    if (n < 0) {
      throw EvalException.other("cannot create list of size " + n);
    }
    checkLength(n);
    Value fn =
        Args.function(ev, f, "while evaluating the first argument passed to builtins.genList");
    Value[] out = new Value[(int) n];
    for (int i = 0; i < out.length; i++) {
      EvalThread.poll();
      out[i] = ev.delayCall(fn, Value.Int.of(i));
    }
    return new Value.List(out);
  }
}
