package org.buildchain.language.eval;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The symbols of one evaluator. Thread-safe. */
public final class Symbols {
  /** How many arrays of names are remembered: a power of two. */
  private static final int ARRAYS = 1 << 12;

  /** Arrays that are longer than this share fewer places: a power of two. */
  private static final int LONG = 512;

  private static final int LONG_ARRAYS = 1 << 7;

  private final ConcurrentHashMap<String, Symbol> table = new ConcurrentHashMap<>(4096);
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReferenceArray<Symbol[]> arrays = new AtomicReferenceArray<>(ARRAYS);

  /** The symbol of {@code name}. */
  public Symbol of(String name) {
    Symbol s = table.get(name);
    return s != null ? s : table.computeIfAbsent(name, n -> new Symbol(next.getAndIncrement(), n));
  }

  /**
   * An array with the same symbols, perhaps one that other sets have: many packages have attributes
   * of the same names. Neither array may be changed any more.
   */
  Symbol[] shared(Symbol[] names) {
    int hash = names.length;
    for (Symbol name : names) {
      hash = 31 * hash + name.id();
    }
    // Which arrays share a slot is as good as random; the later one takes it.
    int slot = (hash ^ (hash >>> 16)) & ((names.length > LONG ? LONG_ARRAYS : ARRAYS) - 1);
    Symbol[] known = arrays.get(slot);
    if (known != null && same(known, names)) {
      return known;
    }
    arrays.set(slot, names);
    return names;
  }

  private static boolean same(Symbol[] a, Symbol[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }
}
