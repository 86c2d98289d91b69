package org.buildchain.language.eval;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.AttrSet;
import org.buildchain.language.syntax.Pos;

/** {@code { … }}, {@code rec { … }} and the bindings of {@code let}. */
final class SetNode extends Node {
  /** A name known from the text, in the order of symbol numbers. */
  record Static(Symbol name, Pos pos, AttrSet.Kind kind, Node value) {}

  /** A name to be computed. */
  record Computed(Pos pos, Node name, Node value) {}

  private final Ops ops;
  private final boolean recursive;
  private final Static[] statics;
  private final int[] made;
  private final Computed[] computed;
  private final Node[] inheritFrom;
  private final Symbol[] names;
  private final AttrPlaces places;
  private final int overrides;

  /**
   * @param made the order in which the values of {@code statics} are made; one that is only another
   *     name for an earlier one is the same value
   */
  SetNode(
      Pos pos,
      Ops ops,
      boolean recursive,
      Static[] statics,
      int[] made,
      Computed[] computed,
      Node[] inheritFrom,
      int overrides) {
    super(pos);
    this.ops = ops;
    this.recursive = recursive;
    this.statics = statics;
    this.made = made;
    this.computed = computed;
    this.inheritFrom = inheritFrom;
    this.overrides = overrides;
    this.names = new Symbol[statics.length];
    Pos[] positions = new Pos[statics.length];
    for (int i = 0; i < statics.length; i++) {
      names[i] = statics[i].name;
      positions[i] = statics[i].pos;
    }
    this.places = AttrPlaces.of(names, positions);
  }

  /** The scope of a {@code let} or {@code rec}: one slot for each static name. */
  Env scope(Env env) {
    Value[] slots = new Value[statics.length];
    Env inner = new Env(env, slots);
    fill(slots, inner, env, recursive && overrides >= 0);
    return inner;
  }

  private void fill(Value[] slots, Env inner, Env outer, boolean alwaysThunks) {
    Env from = inheritFrom.length == 0 ? null : inheritScope(inner);
    for (int i : made) {
      Static s = statics[i];
      Env where =
          switch (s.kind) {
            case PLAIN -> inner;
            case INHERITED -> outer;
            case INHERITED_FROM -> from;
          };
      slots[i] =
          alwaysThunks && s.kind != AttrSet.Kind.INHERITED
              ? new Thunk(s.value, where)
              : s.value.delay(where);
    }
  }

  private Env inheritScope(Env env) {
    Value[] slots = new Value[inheritFrom.length];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = inheritFrom[i].delay(env);
    }
    return new Env(env, slots);
  }

  @Override
  Value eval(Env env) {
    Env inner = env;
    Value[] values;
    if (recursive) {
      inner = scope(env);
      values = computed.length == 0 && overrides < 0 ? inner.slots : inner.slots.clone();
    } else {
      values = new Value[statics.length];
      fill(values, env, env, false);
    }
    Attrs set = statics.length == 0 ? Attrs.EMPTY : new Attrs(names, values, places, pos());
    if (overrides >= 0 && recursive) {
      set = override(set, inner);
    }
    return computed.length == 0 ? set : withComputed(set, inner);
  }

  @Override
  Optional<Value> written(Env env) {
    return recursive || computed.length > 0 ? Optional.empty() : Optional.of(eval(env));
  }

  /** {@code __overrides}: its attributes replace those of the set, also in the set's own scope. */
  private Attrs override(Attrs set, Env inner) {
    Attrs by =
        ops.attrs(inner.slots[overrides], Pos.NONE, "while evaluating the `__overrides` attribute");
    for (int i = 0; i < names.length; i++) {
      Value v = by.get(names[i]);
      if (v != null) {
        inner.slots[i] = v;
      }
    }
    return set.update(by, ops.evaluator().symbols());
  }

  private Attrs withComputed(Attrs set, Env inner) {
    Attrs.Builder b = new Attrs.Builder(set.size() + computed.length);
    for (int i = 0; i < set.size(); i++) {
      b.put(set.name(i), set.value(i), set.pos(i));
    }
    Map<Symbol, Pos> added = new HashMap<>();
    for (Computed c : computed) {
      Value name = c.name.eval(inner);
      if (name == Value.Null.NULL) {
        continue;
      }
      String text =
          ops.evaluator()
              .stringNoContext(name, c.pos, "while evaluating the name of a dynamic attribute");
      Symbol symbol = ops.evaluator().symbols().of(text);
      int at = set.indexOf(symbol);
      Pos old = at >= 0 ? set.pos(at) : added.get(symbol);
      if (old != null) {
        throw new EvalException(
            EvalException.Kind.OTHER,
            c.pos,
            "dynamic attribute '" + symbol + "' already defined at " + old);
      }
      added.put(symbol, c.pos);
      b.put(symbol, c.value.delay(inner), c.pos);
    }
    return b.build();
  }

  /** {@code let bindings in body}. */
  static final class Let extends Node {
    private final SetNode bindings;
    private final Node body;

    Let(SetNode bindings, Node body) {
      super(Pos.NONE);
      this.bindings = bindings;
      this.body = body;
    }

    @Override
    Value eval(Env env) {
      return body.eval(bindings.scope(env));
    }
  }
}
