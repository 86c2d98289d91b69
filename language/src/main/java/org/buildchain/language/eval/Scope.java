package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.buildchain.language.syntax.Pos;

/**
 * The names in scope at a place of the text, while it is resolved: the shape of the {@link Env}
 * that will be there when it runs.
 */
final class Scope {
  private final Scope up;
  private final Map<Symbol, Integer> slots;
  private final Pos withPos;
  private final Node[] inheritFrom;

  private Scope(Scope up, Map<Symbol, Integer> slots, Pos withPos, Node[] inheritFrom) {
    this.up = up;
    this.slots = slots;
    this.withPos = withPos;
    this.inheritFrom = inheritFrom;
  }

  /** Where only builtins are in scope; it has no {@link Env}. */
  static Scope global() {
    return new Scope(null, null, null, null);
  }

  boolean isGlobal() {
    return up == null;
  }

  /** A scope with these variables, in the order of their slots. */
  Scope let(Symbol[] names) {
    Map<Symbol, Integer> m = HashMap.newHashMap(names.length);
    for (int i = 0; i < names.length; i++) {
      m.put(names[i], i);
    }
    return new Scope(this, m, null, null);
  }

  /** The scope of a {@code with}. */
  Scope with(Pos pos) {
    return new Scope(this, null, pos, null);
  }

  /** The scope that holds the expressions of {@code inherit (…)}. */
  Scope inheriting(Node[] from) {
    return new Scope(this, null, null, from);
  }

  /** What a name is bound to. */
  sealed interface Binding {}

  /** A slot. */
  record Local(int depth, int index) implements Binding {}

  /** Perhaps an attribute of a {@code with}, innermost first; empty if there is none around. */
  record Free(List<VarNode.Around> withs) implements Binding {}

  Binding find(Symbol name) {
    List<VarNode.Around> withs = List.of();
    int depth = 0;
    for (Scope s = this; !s.isGlobal(); s = s.up) {
      if (s.slots != null) {
        Integer i = s.slots.get(name);
        if (i != null) {
          return new Local(depth, i);
        }
      } else if (s.withPos != null) {
        // Most names are found before the first.
        withs = withs.isEmpty() ? new ArrayList<>() : withs;
        withs.add(new VarNode.Around(depth, s.withPos));
      }
      depth++;
    }
    return new Free(withs);
  }

  /** How far out the nearest scope of {@code inherit (…)} expressions is. */
  int inheritDepth() {
    int depth = 0;
    for (Scope s = this; !s.isGlobal(); s = s.up) {
      if (s.inheritFrom != null) {
        return depth;
      }
      depth++;
    }
    throw new IllegalStateException("no inherit scope");
  }
}
