package org.buildchain.language.eval;

import org.buildchain.language.syntax.Literals;

/**
 * An interned name. Two symbols of one {@link Symbols} are the same object exactly if their names
 * are equal.
 */
public final class Symbol {
  private final int id;
  private final String name;

  Symbol(int id, String name) {
    this.id = id;
    this.name = name;
  }

  /** The number by which attribute sets are ordered inside; says nothing about the names' order. */
  int id() {
    return id;
  }

  /** The name, an octet string. */
  public String name() {
    return name;
  }

  /** The name as messages and printed sets show it: in quotes where it is no identifier. */
  @Override
  public String toString() {
    return Literals.name(name);
  }
}
