package org.buildchain.language.eval;

import java.util.Comparator;
import org.buildchain.language.syntax.Literals;

/**
 * An interned name. Two symbols of one {@link Symbols} are the same object exactly if their names
 * are equal.
 */
public final class Symbol {
  /** By number. */
  static final Comparator<Symbol> BY_ID = (a, b) -> Integer.compare(a.id, b.id);

  private final int id;
  private final String name;

  // The name's first eight bytes as an unsigned number: decides most comparisons.
  private final long prefix;

  @Override
  public int hashCode() {
    return id;
  }

  // Equal is the same.
  @Override
  public boolean equals(Object o) {
    return this == o;
  }

  Symbol(int id, String name) {
    this.id = id;
    this.name = name;
    long p = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      p = p << Byte.SIZE | (i < name.length() ? name.charAt(i) & 0xff : 0);
    }
    this.prefix = p;
  }

  /** Compares the names' bytes. */
  int compareName(Symbol o) {
    return prefix != o.prefix ? Long.compareUnsigned(prefix, o.prefix) : name.compareTo(o.name);
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
