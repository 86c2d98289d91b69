package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code { … }}, {@code rec { … }} or the bindings of a {@code let}. The parser merges definitions
 * that nest ({@code a.b = 1; a.c = 2;}) while it reads; afterwards nothing changes any more.
 */
public final class AttrSet implements Expr {
  /** How a name got its value; it decides in which scope the value is looked up. */
  public enum Kind {
    PLAIN,
    /** {@code inherit x}: looked up outside. */
    INHERITED,
    /** {@code inherit (e) x}. */
    INHERITED_FROM
  }

  /** The definition of one name. */
  public record Definition(Expr value, Pos pos, Kind kind) {}

  /** {@code ${name} = value}. */
  public record Dynamic(Expr name, Expr value, Pos pos) {}

  private Pos pos;
  private boolean recursive;
  private final Map<String, Definition> definitions = new LinkedHashMap<>();
  private final List<Dynamic> dynamics = new ArrayList<>();
  private final List<Expr> inheritFrom = new ArrayList<>();

  AttrSet(Pos pos) {
    this.pos = pos;
  }

  @Override
  public Pos pos() {
    return pos;
  }

  /** Whether the names are in scope of the values. */
  public boolean recursive() {
    return recursive;
  }

  /** The names that the text gives, in the order of the text. */
  public Map<String, Definition> definitions() {
    return Collections.unmodifiableMap(definitions);
  }

  /** The names to be computed, in the order of the text. */
  public List<Dynamic> dynamics() {
    return Collections.unmodifiableList(dynamics);
  }

  /** The expressions that {@link Expr.InheritFrom} refers to by index. */
  public List<Expr> inheritFrom() {
    return Collections.unmodifiableList(inheritFrom);
  }

  AttrSet at(Pos start, boolean makeRecursive) {
    pos = start;
    recursive |= makeRecursive;
    return this;
  }

  void inherit(String name, Pos at) {
    define(name, new Definition(new Var(at, name), at, Kind.INHERITED));
  }

  int addInheritFrom(Expr from) {
    inheritFrom.add(from);
    return inheritFrom.size() - 1;
  }

  void inheritFrom(int index, Pos fromPos, String name, Pos at) {
    Expr value =
        new Select(
            at,
            new InheritFrom(fromPos, index),
            List.of(new AttrName.Known(name)),
            Optional.empty());
    define(name, new Definition(value, at, Kind.INHERITED_FROM));
  }

  private void define(String name, Definition d) {
    Definition old = definitions.get(name);
    if (old != null) {
      throw new ParseException(
          d.pos, "attribute '" + Literals.name(name) + "' already defined at " + old.pos);
    }
    definitions.put(name, d);
  }

  /** Adds {@code path = value}, opening nested sets on the way and merging sets that meet. */
  void add(List<AttrName> path, Pos at, Expr value) {
    AttrSet set = this;
    for (int i = 0; i < path.size() - 1; i++) {
      AttrSet nested;
      switch (path.get(i)) {
        case AttrName.Known k -> {
          Definition old = set.definitions.get(k.name());
          if (old == null) {
            nested = new AttrSet(at);
            set.definitions.put(k.name(), new Definition(nested, at, Kind.PLAIN));
          } else if (old.value instanceof AttrSet s) {
            nested = s;
          } else {
            throw duplicate(path.subList(0, i + 1), at, old.pos);
          }
        }
        case AttrName.Computed c -> {
          nested = new AttrSet(at);
          set.dynamics.add(new Dynamic(c.expr(), nested, at));
        }
      }
      set = nested;
    }
    switch (path.getLast()) {
      case AttrName.Known k -> set.merge(path, k.name(), new Definition(value, at, Kind.PLAIN));
      case AttrName.Computed c -> set.dynamics.add(new Dynamic(c.expr(), value, at));
    }
  }

  private void merge(List<AttrName> path, String name, Definition d) {
    Definition old = definitions.get(name);
    if (old == null) {
      definitions.put(name, d);
      return;
    }
    if (!(old.value instanceof AttrSet mine) || !(d.value instanceof AttrSet theirs)) {
      throw duplicate(path, d.pos, old.pos);
    }
    int shift = mine.inheritFrom.size();
    for (Map.Entry<String, Definition> e : theirs.definitions.entrySet()) {
      List<AttrName> inner = new ArrayList<>(path);
      inner.add(new AttrName.Known(e.getKey()));
      mine.merge(inner, e.getKey(), shifted(e.getValue(), shift));
    }
    mine.dynamics.addAll(theirs.dynamics);
    mine.inheritFrom.addAll(theirs.inheritFrom);
  }

  private static Definition shifted(Definition d, int shift) {
    if (d.kind != Kind.INHERITED_FROM
        || !(d.value instanceof Select s)
        || !(s.subject() instanceof InheritFrom f)) {
      return d;
    }
    InheritFrom moved = new InheritFrom(f.pos(), f.index() + shift);
    return new Definition(new Select(s.pos(), moved, s.path(), s.fallback()), d.pos, d.kind);
  }

  private static ParseException duplicate(List<AttrName> path, Pos at, Pos previous) {
    return new ParseException(
        at, "attribute '" + AttrPaths.show(path) + "' already defined at " + previous);
  }
}
