package org.buildchain.daemon.repl;

import java.util.TreeMap;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Source;

/**
 * The names in scope besides the builtins. What was evaluated with a name keeps its value when the
 * name is bound anew.
 */
final class Names {
  private final Evaluator ev;
  private final String folder;
  private final TreeMap<String, Value> values = new TreeMap<>();
  private Attrs scope;

  /**
   * @param folder what relative paths start from
   */
  Names(Evaluator ev, String folder) {
    this.ev = ev;
    this.folder = folder;
    this.scope = new Attrs.Builder(0).build();
  }

  /** The names that are bound here, in order. */
  Iterable<String> bound() {
    return values.keySet();
  }

  /** The tree of a text. Its variables are not looked up yet. */
  Expr parse(String text) {
    return ev.parse(Source.text(Literals.marked("string"), text), folder);
  }

  /** The value of a text. */
  Value eval(String text) {
    return ev.force(ev.evalScoped(parse(text), scope));
  }

  /** The value of a tree. */
  Value eval(Expr tree) {
    return ev.force(ev.evalScoped(tree, scope));
  }

  /** Fails if a variable of a text is bound nowhere. Nothing is evaluated. */
  void check(String text) {
    ev.evalScoped(parse("x: " + text), scope);
  }

  /** Binds a name to an expression, which is evaluated when it is needed. */
  void bind(String name, String text) {
    // By itself first, for its errors.
    parse(text);
    // All variables of a tree are looked up at once, values of a set are not computed.
    Value set = ev.evalScoped(parse("{ value =" + text + "\n; }"), scope);
    Attrs one = (Attrs) ev.force(set);
    put(name, one.get(ev.symbols().of("value")));
    rebuild();
  }

  /** Binds all attributes of a set; gives their number. */
  int add(Attrs set) {
    for (int i = 0; i < set.size(); i++) {
      put(set.name(i).name(), set.value(i));
    }
    rebuild();
    return set.size();
  }

  private void put(String name, Value value) {
    values.put(name, value);
  }

  private void rebuild() {
    Attrs.Builder b = new Attrs.Builder(values.size());
    values.forEach((name, value) -> b.put(ev.symbols().of(name), value));
    scope = b.build();
  }
}
