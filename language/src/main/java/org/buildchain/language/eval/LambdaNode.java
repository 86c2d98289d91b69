package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.error.Suggestions;
import org.buildchain.language.syntax.Pos;

/**
 * A function as written. A call makes a scope with the argument (if it has a name) in slot 0 and
 * the formal arguments after it.
 */
public final class LambdaNode extends Node {
  /** A formal argument; {@code fallback} may be {@code null}. */
  record Formal(Symbol name, Pos pos, Node fallback) {}

  private final Ops ops;
  private final Optional<Symbol> name;
  private final Optional<Symbol> argument;
  private final Formal[] formals;
  private final boolean matches;
  private final boolean ellipsis;
  private Node body;

  LambdaNode(
      Pos pos,
      Ops ops,
      Optional<Symbol> name,
      Optional<Symbol> argument,
      Optional<Formal[]> formals,
      boolean ellipsis) {
    super(pos);
    this.ops = ops;
    this.name = name;
    this.argument = argument;
    this.matches = formals.isPresent();
    this.formals = formals.orElse(new Formal[0]);
    this.ellipsis = ellipsis;
  }

  void setBody(Node node) {
    body = node;
  }

  /** What it was bound to where it was written. */
  public Optional<Symbol> name() {
    return name;
  }

  /** The name of the whole argument, if it has one. */
  public Optional<Symbol> argument() {
    return argument;
  }

  /** Whether it takes its argument apart ({@code { … }:}). */
  public boolean hasFormals() {
    return matches;
  }

  /** Whether it accepts attributes that it does not name. */
  public boolean hasEllipsis() {
    return ellipsis;
  }

  /** The number of formal arguments. */
  public int formalCount() {
    return formals.length;
  }

  /** The name of a formal argument. */
  public Symbol formalName(int i) {
    return formals[i].name;
  }

  /** Where a formal argument stands. */
  public Pos formalPos(int i) {
    return formals[i].pos;
  }

  /** Whether a formal argument has a default. */
  public boolean formalHasDefault(int i) {
    return formals[i].fallback != null;
  }

  /** {@code 'name'} or {@code anonymous lambda}. */
  String shown() {
    return name.map(n -> "'" + n.name() + "'").orElse("anonymous lambda");
  }

  @Override
  Value eval(Env env) {
    return new Value.Lambda(this, env);
  }

  @Override
  Value delay(Env env) {
    return new Value.Lambda(this, env);
  }

  Node body() {
    return body;
  }

  /** The scope in which the body runs for this argument. */
  Env scope(Env env, Value arg, Pos callSite) {
    return matches ? match(env, arg, callSite) : new Env(env, new Value[] {arg});
  }

  private Env match(Env env, Value arg, Pos callSite) {
    Attrs given;
    try {
      given = ops.attrs(arg, pos(), "while evaluating the value passed for the lambda argument");
    } catch (EvalException e) {
      throw callSite.isKnown() ? e.trace(callSite, "from call site") : e;
    }
    int base = argument.isPresent() ? 1 : 0;
    Value[] slots = new Value[base + formals.length];
    Env inner = new Env(env, slots);
    if (base == 1) {
      slots[0] = given;
    }
    int used = 0;
    for (int i = 0; i < formals.length; i++) {
      Value v = given.get(formals[i].name);
      if (v != null) {
        used++;
      } else if (formals[i].fallback != null) {
        // It may name an argument whose slot is still empty; that makes a thunk of it.
        v = formals[i].fallback.delay(inner);
      } else {
        throw new EvalException(
                EvalException.Kind.TYPE,
                pos(),
                "function '"
                    + plainName()
                    + "' called without required argument '"
                    + formals[i].name
                    + "'")
            .trace(callSite, "from call site");
      }
      slots[base + i] = v;
    }
    if (!ellipsis && used != given.size()) {
      throw unexpected(given, callSite);
    }
    return inner;
  }

  private String plainName() {
    return name.map(Symbol::name).orElse("anonymous lambda");
  }

  private EvalException unexpected(Attrs given, Pos callSite) {
    List<String> known = new ArrayList<>();
    for (Formal f : formals) {
      known.add(f.name.name());
    }
    for (int i = 0; i < given.size(); i++) {
      Symbol symbol = given.name(i);
      String n = symbol.name();
      if (!known.contains(n)) {
        return new EvalException(
                EvalException.Kind.TYPE,
                pos(),
                "function '" + plainName() + "' called with unexpected argument '" + symbol + "'",
                Suggestions.of(known, n))
            .trace(callSite, "from call site");
      }
    }
    throw new IllegalStateException("every argument is expected");
  }
}
