package org.buildchain.store.database;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import org.lmdbjava.KeyRange;

/**
 * The tables as they were at one moment. It ends with the body that it was given to, and belongs to
 * the thread that runs that.
 */
public sealed class Snapshot permits Transaction {
  final Layers layers;

  Snapshot(Layers layers) {
    this.layers = layers;
  }

  /** What stands under a key. */
  public final Optional<byte[]> get(Table table, byte[] key) {
    return layers.get(table, key);
  }

  /** Whether anything stands under a key. */
  public final boolean has(Table table, byte[] key) {
    return get(table, key).isPresent();
  }

  /** Visits the entries whose keys begin with {@code prefix}, ascending, until told to stop. */
  public final void scan(Table table, byte[] prefix, BiFunction<byte[], byte[], Boolean> more) {
    layers.visit(
        table,
        prefix.length == 0 ? KeyRange.all() : KeyRange.atLeast(prefix),
        row -> {
          byte[] key = row.key();
          return key.length >= prefix.length
              && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)
              && more.apply(key, row.value());
        });
  }
}
