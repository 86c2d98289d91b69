package org.buildchain.store.database;

/** A snapshot with what is being written over it: all of that comes to be, or nothing. */
public final class Transaction extends Snapshot {
  private boolean paths;

  Transaction(Layers layers) {
    super(layers);
  }

  /** Writes an entry, in the place of one under the same key. */
  public void put(Table table, byte[] key, byte[] value) {
    paths |= table == Table.PATHS;
    Layers.Layer top = layers.all().getFirst();
    top.tables().of(table).put(top.txn(), key, value);
  }

  /**
   * Removes an entry, if there is one.
   *
   * @throws IllegalStateException in what is written soon, which stands over entries that stay
   */
  public void delete(Table table, byte[] key) {
    if (layers.all().size() > 1) {
      throw new IllegalStateException("what is written soon deletes nothing");
    }
    paths |= table == Table.PATHS;
    Layers.Layer top = layers.all().getFirst();
    top.tables().of(table).delete(top.txn(), key);
  }

  /** Whether it wrote to the table of paths. */
  boolean wrotePaths() {
    return paths;
  }
}
