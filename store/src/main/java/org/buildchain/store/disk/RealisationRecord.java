package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.REALISATIONS;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.Store;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Row;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * What the database holds of a realisation: the base name of its path, then a line for each
 * realisation that it was made with and for each signature. See docs/formats.md, "The database".
 */
record RealisationRecord(
    StorePath path,
    SortedMap<Store.RealisationId, StorePath> dependents,
    SortedSet<String> signatures) {
  static Optional<RealisationRecord> read(Database database, Store.RealisationId id) {
    return database
        .read(r -> r.get(REALISATIONS, Octets.bytes(id.toString())))
        .map(RealisationRecord::decode);
  }

  static RealisationRecord decode(byte[] value) {
    Iterator<String> lines = Octets.of(value).lines().iterator();
    StorePath path = StorePath.parse(lines.next());
    SortedMap<Store.RealisationId, StorePath> dependents = new TreeMap<>();
    SortedSet<String> signatures = new TreeSet<>();
    lines.forEachRemaining(
        line -> {
          if (line.startsWith(" ")) {
            int end = line.lastIndexOf(' ');
            dependents.put(
                Store.RealisationId.parse(line.substring(1, end)),
                StorePath.parse(line.substring(end + 1)));
          } else {
            signatures.add(line);
          }
        });
    return new RealisationRecord(path, dependents, signatures);
  }

  /** The base name alone: the key of the path. */
  static byte[] pathKey(byte[] value) {
    int end = 0;
    while (end < value.length && value[end] != '\n') {
      end++;
    }
    return Arrays.copyOf(value, end);
  }

  /**
   * Records a path. What is known of the same one stays, unless it is not known what that was made
   * with: signatures vouch for that, too.
   */
  static void add(
      Database database,
      Store.RealisationId id,
      StorePath path,
      SortedMap<Store.RealisationId, StorePath> dependents) {
    Optional<RealisationRecord> known = read(database, id).filter(r -> r.path().equals(path));
    if (known.isEmpty() || (known.get().dependents().isEmpty() && !dependents.isEmpty())) {
      new RealisationRecord(path, dependents, new TreeSet<>()).write(database, id);
    }
  }

  /** Those that are recorded of some paths. */
  static SortedMap<Store.RealisationId, StorePath> of(Database database, Set<StorePath> paths)
      throws IOException {
    SortedMap<Store.RealisationId, StorePath> found = new TreeMap<>();
    database.slices(
        REALISATIONS,
        rows -> {
          for (Row row : rows) {
            StorePath path = StorePath.parse(Octets.of(pathKey(row.value())));
            if (paths.contains(path)) {
              found.put(Store.RealisationId.parse(Octets.of(row.key())), path);
            }
          }
        });
    return found;
  }

  /** Adds signatures where a path is recorded. */
  static void sign(Database database, Store.RealisationId id, Collection<String> signatures) {
    Optional<RealisationRecord> known = read(database, id);
    if (known.isPresent() && !known.get().signatures().containsAll(signatures)) {
      SortedSet<String> all = new TreeSet<>(known.get().signatures());
      all.addAll(signatures);
      new RealisationRecord(known.get().path(), known.get().dependents(), all).write(database, id);
    }
  }

  private void write(Database database, Store.RealisationId id) {
    StringBuilder value = new StringBuilder(path.toString());
    dependents.forEach((on, p) -> value.append("\n ").append(on).append(' ').append(p));
    signatures.forEach(s -> value.append('\n').append(s));
    database.write(
        w -> w.put(REALISATIONS, Octets.bytes(id.toString()), Octets.bytes(value.toString())));
  }
}
