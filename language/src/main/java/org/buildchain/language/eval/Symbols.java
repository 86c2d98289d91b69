package org.buildchain.language.eval;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The symbols of one evaluator. Thread-safe. */
public final class Symbols {
  private final ConcurrentHashMap<String, Symbol> table = new ConcurrentHashMap<>(4096);
  private final AtomicInteger next = new AtomicInteger();

  /** The symbol of {@code name}. */
  public Symbol of(String name) {
    Symbol s = table.get(name);
    return s != null ? s : table.computeIfAbsent(name, n -> new Symbol(next.getAndIncrement(), n));
  }
}
