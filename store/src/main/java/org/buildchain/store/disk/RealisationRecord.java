package org.buildchain.store.disk;

import static org.buildchain.store.disk.Database.Table.REALISATIONS;

import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * What the database holds of a realisation: the base name of its path, then a line for each
 * signature. See docs/formats.md, "The database".
 */
record RealisationRecord(StorePath path, SortedSet<String> signatures) {
  static Optional<RealisationRecord> read(Database database, Store.RealisationId id) {
    return database
        .read(r -> r.get(REALISATIONS, Octets.bytes(id.toString())))
        .map(RealisationRecord::decode);
  }

  static RealisationRecord decode(byte[] value) {
    Iterator<String> lines = Octets.of(value).lines().iterator();
    StorePath path = StorePath.parse(lines.next());
    SortedSet<String> signatures = new TreeSet<>();
    lines.forEachRemaining(signatures::add);
    return new RealisationRecord(path, signatures);
  }

  /** The base name alone: the key of the path. */
  static byte[] pathKey(byte[] value) {
    int end = 0;
    while (end < value.length && value[end] != '\n') {
      end++;
    }
    return Arrays.copyOf(value, end);
  }

  /** Records a path; signatures of the same one stay. */
  static void add(Database database, Store.RealisationId id, StorePath path) {
    if (!read(database, id).map(RealisationRecord::path).equals(Optional.of(path))) {
      new RealisationRecord(path, new TreeSet<>()).write(database, id);
    }
  }

  /** Adds signatures where a path is recorded. */
  static void sign(Database database, Store.RealisationId id, Collection<String> signatures) {
    Optional<RealisationRecord> known = read(database, id);
    if (known.isPresent() && !known.get().signatures().containsAll(signatures)) {
      SortedSet<String> all = new TreeSet<>(known.get().signatures());
      all.addAll(signatures);
      new RealisationRecord(known.get().path(), all).write(database, id);
    }
  }

  private void write(Database database, Store.RealisationId id) {
    StringBuilder value = new StringBuilder(path.toString());
    signatures.forEach(s -> value.append('\n').append(s));
    database.write(
        w -> w.put(REALISATIONS, Octets.bytes(id.toString()), Octets.bytes(value.toString())));
  }
}
