package org.buildchain.store.database;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.KeyRange;
import org.lmdbjava.Txn;

/** Tables that are read as one: a row stands for those of later layers under the same key. */
record Layers(List<Layer> all) {
  /** Tables within a transaction. */
  record Layer(Tables tables, Txn<byte[]> txn) {
    CursorIterable<byte[]> rows(Table table, KeyRange<byte[]> range) {
      return tables.of(table).iterate(txn, range);
    }
  }

  Optional<byte[]> get(Table table, byte[] key) {
    byte[] found = null;
    for (int i = 0; found == null && i < all.size(); i++) {
      found = all.get(i).tables.of(table).get(all.get(i).txn, key);
    }
    return Optional.ofNullable(found);
  }

  /** Visits the rows of a range, ascending, until told to stop. */
  void visit(Table table, KeyRange<byte[]> range, Predicate<Row> more) {
    try (CursorIterable<byte[]> first = all.getFirst().rows(table, range)) {
      if (all.size() == 1) {
        visit(new Rows(first), new Rows(List.of()), more);
        return;
      }
      try (CursorIterable<byte[]> second = all.getLast().rows(table, range)) {
        visit(new Rows(first), new Rows(second), more);
      }
    }
  }

  private static void visit(Rows first, Rows second, Predicate<Row> more) {
    boolean on = true;
    while (on && (first.row.isPresent() || second.row.isPresent())) {
      int order = first.compareTo(second);
      Rows next = order <= 0 ? first : second;
      on = more.test(next.row.orElseThrow());
      if (order == 0) {
        second.advance();
      }
      next.advance();
    }
  }

  /** The rows of one layer that are still to come. */
  private static final class Rows {
    private final Iterator<CursorIterable.KeyVal<byte[]>> rest;
    private Optional<Row> row = Optional.empty();

    Rows(Iterable<CursorIterable.KeyVal<byte[]>> all) {
      this.rest = all.iterator();
      advance();
    }

    void advance() {
      row = Optional.empty();
      if (rest.hasNext()) {
        CursorIterable.KeyVal<byte[]> entry = rest.next();
        row = Optional.of(new Row(entry.key(), entry.val()));
      }
    }

    int compareTo(Rows other) {
      if (row.isEmpty() || other.row.isEmpty()) {
        return Boolean.compare(row.isEmpty(), other.row.isEmpty());
      }
      return Arrays.compareUnsigned(row.get().key(), other.row.get().key());
    }
  }
}
