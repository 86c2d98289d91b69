package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.AttrSet;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.ExprPrinter;
import org.buildchain.language.syntax.Pos;

/** Turns a tree into nodes: variables into slots, names into symbols, literals into values. */
final class Resolver {
  private final Evaluator ev;
  private final Ops ops;
  private final Map<String, Value> globals;

  Resolver(Evaluator ev, Ops ops, Map<String, Value> globals) {
    this.ev = ev;
    this.ops = ops;
    this.globals = globals;
  }

  private Symbol symbol(String name) {
    return ev.symbols().of(name);
  }

  Node resolve(Expr e, Scope scope) {
    return resolve(e, scope, Optional.empty());
  }

  /** {@code name}: what the expression is bound to, which names functions. */
  private Node resolve(Expr e, Scope scope, Optional<Symbol> name) {
    return switch (e) {
      case Expr.Int i -> new Node.Const(Value.Int.of(i.value()));
      case Expr.Float f -> new Node.Const(new Value.Float(f.value()));
      case Expr.Str s -> new Node.Const(new Str(s.value()));
      case Expr.PathLiteral p -> new Node.Const(new Value.Path(p.path()));
      case Expr.Concat c ->
          new ConcatNode(
              c.pos(),
              ops,
              c.interpolation(),
              all(c.parts(), scope),
              c.places().toArray(new Pos[0]));
      case Expr.Var v -> variable(v, scope);
      case Expr.Select s ->
          new SelectNode(
              s.pos(),
              ops,
              resolve(s.subject(), scope),
              path(s.path(), scope),
              s.fallback().map(d -> resolve(d, scope)).orElse(null));
      case Expr.HasAttr h ->
          new SelectNode.Has(Places.of(h), ops, resolve(h.subject(), scope), path(h.path(), scope));
      case Expr.InheritFrom f -> VarNode.local(f.pos(), scope.inheritDepth(), f.index());
      case AttrSet a -> set(a, names(a), scope, false);
      case Expr.ListOf l -> new Node.ListOf(Places.of(l), all(l.elements(), scope));
      case Expr.Lambda l -> lambda(l, scope, name);
      case Expr.Call c ->
          new CallNode(c.pos(), ops, resolve(c.function(), scope), all(c.arguments(), scope));
      case Expr.Let l -> {
        Symbol[] names = names(l.bindings());
        SetNode bindings = set(l.bindings(), names, scope, true);
        yield new SetNode.Let(bindings, resolve(l.body(), scope.let(names)));
      }
      case Expr.With w ->
          new Node.With(w.pos(), resolve(w.scope(), scope), resolve(w.body(), scope.with(w.pos())));
      case Expr.If i ->
          new Node.If(
              i.pos(),
              ops,
              resolve(i.condition(), scope),
              resolve(i.then(), scope),
              resolve(i.otherwise(), scope));
      case Expr.Assert a -> assertion(a, scope);
      case Expr.Not n -> new OperatorNode.Not(Places.of(n), ops, resolve(n.operand(), scope));
      case Expr.Binary b -> binary(b, scope);
      case Expr.CurPos c -> new OperatorNode.CurPos(c.pos(), ops);
    };
  }

  private Node[] all(List<Expr> list, Scope scope) {
    Node[] out = new Node[list.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = resolve(list.get(i), scope);
    }
    return out;
  }

  private Node variable(Expr.Var v, Scope scope) {
    Symbol name = symbol(v.name());
    switch (scope.find(name)) {
      case Scope.Local l -> {
        return VarNode.local(v.pos(), l.depth(), l.index());
      }
      case Scope.Free f -> {
        Value global = globals.get(v.name());
        if (global != null) {
          return new Node.Const(global);
        }
        if (f.withs().isEmpty()) {
          throw new EvalException(
              EvalException.Kind.UNDEFINED_VARIABLE,
              v.pos(),
              "undefined variable '" + v.name() + "'");
        }
        return new VarNode.FromWith(v.pos(), ops, name, f.withs());
      }
    }
  }

  private SelectNode.Name[] path(List<Expr.AttrName> path, Scope scope) {
    SelectNode.Name[] out = new SelectNode.Name[path.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          switch (path.get(i)) {
            case Expr.AttrName.Known k -> new SelectNode.Name(symbol(k.name()), null, k.name());
            case Expr.AttrName.Computed c ->
                new SelectNode.Name(null, resolve(c.expr(), scope), ExprPrinter.show(c.expr()));
          };
    }
    return out;
  }

  private Node binary(Expr.Binary b, Scope scope) {
    Node left = resolve(b.left(), scope);
    Node right = resolve(b.right(), scope);
    return switch (b.operator()) {
      case EQ -> new OperatorNode.Equal(b.pos(), ops, left, right, false);
      case NEQ -> new OperatorNode.Equal(b.pos(), ops, left, right, true);
      case AND, OR, IMPL -> new OperatorNode.Logical(b.pos(), ops, b.operator(), left, right);
      case UPDATE -> new OperatorNode.Update(b.pos(), ops, left, right);
      case CONCAT -> new OperatorNode.ConcatLists(b.pos(), ops, left, right);
    };
  }

  private Node assertion(Expr.Assert a, Scope scope) {
    Node left = null;
    Node right = null;
    if (a.condition() instanceof Expr.Binary b && b.operator() == Expr.Operator.EQ) {
      left = resolve(b.left(), scope);
      right = resolve(b.right(), scope);
    }
    return new OperatorNode.Assert(
        a.pos(),
        ops,
        resolve(a.condition(), scope),
        left,
        right,
        resolve(a.body(), scope),
        a.condition());
  }

  private Node lambda(Expr.Lambda l, Scope scope, Optional<Symbol> name) {
    List<Symbol> slots = new ArrayList<>();
    l.argument().ifPresent(a -> slots.add(symbol(a)));
    Optional<Named[]> ordered = l.formals().map(this::inOrder);
    if (ordered.isPresent()) {
      for (Named formal : ordered.get()) {
        slots.add(formal.name);
      }
    }
    if (slots.isEmpty() && l.formals().isEmpty()) {
      throw new IllegalStateException("a function without argument");
    }
    Scope inner = scope.let(slots.toArray(new Symbol[0]));
    Optional<LambdaNode.Formal[]> formals = ordered.map(f -> formals(f, inner));
    LambdaNode node =
        new LambdaNode(
            l.pos(),
            ops,
            name,
            l.argument().map(this::symbol),
            formals,
            l.formals().map(Expr.Formals::ellipsis).orElse(true));
    node.setBody(resolve(l.body(), inner, name));
    return node;
  }

  private LambdaNode.Formal[] formals(Named[] ordered, Scope inner) {
    LambdaNode.Formal[] out = new LambdaNode.Formal[ordered.length];
    for (int i = 0; i < out.length; i++) {
      Expr.Formal f = ordered[i].formal;
      Node fallback = f.fallback().isPresent() ? resolve(f.fallback().get(), inner) : null;
      out[i] = new LambdaNode.Formal(ordered[i].name, f.pos(), fallback);
    }
    return out;
  }

  private record Named(Symbol name, Expr.Formal formal) {}

  // Loops, here and below, where streams would be shorter: a new daemon's JVM interprets them, for
  // each set and function of the first files.

  /** By symbol number: it decides which of two missing arguments is told. */
  private Named[] inOrder(Expr.Formals f) {
    Named[] out = new Named[f.formals().size()];
    for (int i = 0; i < out.length; i++) {
      Expr.Formal formal = f.formals().get(i);
      out[i] = new Named(symbol(formal.name()), formal);
    }
    Arrays.sort(out, (a, b) -> Symbol.BY_ID.compare(a.name, b.name));
    return out;
  }

  private Symbol[] inText(AttrSet a) {
    Symbol[] out = new Symbol[a.definitions().size()];
    int i = 0;
    for (String name : a.definitions().keySet()) {
      out[i++] = symbol(name);
    }
    return out;
  }

  /** The names of a set in the order of their slots: by symbol number. */
  private Symbol[] names(AttrSet a) {
    Symbol[] out = inText(a);
    Arrays.sort(out, Symbol.BY_ID);
    return out;
  }

  private SetNode set(AttrSet a, Symbol[] names, Scope outer, boolean let) {
    boolean recursive = let || a.recursive();
    Scope inner = recursive ? outer.let(names) : outer;
    Node[] from = new Node[a.inheritFrom().size()];
    for (int i = 0; i < from.length; i++) {
      from[i] = resolve(a.inheritFrom().get(i), inner);
    }
    Scope inheriting = inner.inheriting(from);
    SetNode.Static[] statics = new SetNode.Static[names.length];
    int overrides = -1;
    for (int i = 0; i < names.length; i++) {
      AttrSet.Definition d = a.definitions().get(names[i].name());
      Scope where =
          switch (d.kind()) {
            case PLAIN -> inner;
            case INHERITED -> outer;
            case INHERITED_FROM -> inheriting;
          };
      Node value = resolve(d.value(), where, Optional.of(names[i]));
      statics[i] = new SetNode.Static(names[i], d.pos(), d.kind(), value);
      if (!let && names[i] == ev.names().overrides) {
        overrides = i;
      }
    }
    SetNode.Computed[] computed = new SetNode.Computed[a.dynamics().size()];
    for (int i = 0; i < computed.length; i++) {
      AttrSet.Dynamic d = a.dynamics().get(i);
      computed[i] =
          new SetNode.Computed(d.pos(), resolve(d.name(), inner), resolve(d.value(), inner));
    }
    return new SetNode(
        a.pos(), ops, recursive, statics, inTextOrder(a, names), computed, from, overrides);
  }

  /**
   * Where the names of a set stand among {@code names}, in the order of the text. Nix makes the
   * values in the order in which it has first met their names, mostly the text's. The numbers of
   * symbols would tell of earlier evaluations, and of which core read which file first.
   */
  private int[] inTextOrder(AttrSet a, Symbol[] names) {
    Symbol[] inText = inText(a);
    int[] out = new int[inText.length];
    for (int i = 0; i < out.length; i++) {
      // As a rule most are new names, whose numbers follow each other.
      out[i] = names[i] == inText[i] ? i : Arrays.binarySearch(names, inText[i], Symbol.BY_ID);
    }
    return out;
  }
}
