package org.buildchain.derivation;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A bounded cache for values that can be had again: two generations of which the older is dropped
 * when the younger is full. Thread-safe.
 */
final class GenerationCache<K, V> {
  private record Generations<K, V>(ConcurrentHashMap<K, V> young, ConcurrentHashMap<K, V> old) {}

  private final int size;
  private volatile Generations<K, V> generations =
      new Generations<>(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

  /**
   * @param size of a generation
   */
  GenerationCache(int size) {
    this.size = size;
  }

  Optional<V> get(K key) {
    Generations<K, V> g = generations;
    V value = g.young.get(key);
    if (value == null) {
      value = g.old.get(key);
      if (value != null) {
        put(key, value);
      }
    }
    return Optional.ofNullable(value);
  }

  void put(K key, V value) {
    generations.young.put(key, value);
    if (generations.young.size() > size) {
      turn();
    }
  }

  private synchronized void turn() {
    if (generations.young.size() > size) {
      generations = new Generations<>(new ConcurrentHashMap<>(), generations.young);
    }
  }
}
