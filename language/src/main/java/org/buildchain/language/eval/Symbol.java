package org.buildchain.language.eval;

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

  @Override
  public String toString() {
    return name;
  }
}
