package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.OBJECTS;
import static org.buildchain.store.database.Table.PATHS;
import static org.buildchain.store.database.Table.REFERRERS;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.database.Database;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;

/**
 * What the database knows of paths. Asking here uses none of them: the caller {@link PathUses#touch
 * touches} those that it relies on. Thread-safe.
 */
final class PathQueries {
  private final Database database;

  PathQueries(Database database) {
    this.database = database;
  }

  private static byte[] key(StorePath path) {
    return Octets.bytes(path.toString());
  }

  /** Whether a path is valid. */
  boolean has(StorePath path) {
    return database.read(r -> r.has(PATHS, key(path)));
  }

  /** What is known of a path, if it is valid. */
  Optional<PathInfo> info(StorePath path) {
    return database.read(r -> r.get(PATHS, key(path))).map(b -> PathRecord.decode(path, b));
  }

  /** All valid paths. */
  SortedSet<StorePath> all() {
    SortedSet<StorePath> paths = new TreeSet<>();
    database.read(
        r -> {
          r.scan(PATHS, new byte[0], (k, v) -> paths.add(StorePath.parse(Octets.of(k))));
          return true;
        });
    return paths;
  }

  /** The valid paths that refer to one, besides itself. */
  SortedSet<StorePath> referrers(StorePath path) {
    byte[] prefix = Octets.bytes(path + "\0");
    SortedSet<StorePath> paths = new TreeSet<>();
    database.read(
        r -> {
          r.scan(
              REFERRERS,
              prefix,
              (k, v) ->
                  paths.add(
                      StorePath.parse(Octets.of(k, prefix.length, k.length - prefix.length))));
          return true;
        });
    return paths;
  }

  /**
   * What is reached from paths by references.
   *
   * @param invalid makes what is thrown for a path that is not valid
   */
  SortedSet<StorePath> closure(
      Collection<StorePath> roots, Function<StorePath, StoreException> invalid) {
    return database.read(
        r -> {
          SortedSet<StorePath> reached = new TreeSet<>(roots);
          Deque<StorePath> todo = new ArrayDeque<>(reached);
          for (StorePath path; (path = todo.poll()) != null; ) {
            StorePath at = path;
            byte[] bytes = r.get(PATHS, key(path)).orElseThrow(() -> invalid.apply(at));
            for (StorePath reference : PathRecord.decode(path, bytes).references()) {
              if (reached.add(reference)) {
                todo.add(reference);
              }
            }
          }
          return reached;
        });
  }

  /** A valid path with this hash part. */
  Optional<StorePath> byHashPart(String hashPart) {
    List<StorePath> found = new ArrayList<>(1);
    database.read(
        r -> {
          r.scan(
              PATHS,
              Octets.bytes(hashPart + "-"),
              (k, v) -> {
                found.add(StorePath.parse(Octets.of(k)));
                return false;
              });
          return true;
        });
    return found.stream().findFirst();
  }

  /** The path of a stored object. */
  Optional<StorePath> byObject(Cid object) {
    return database
        .read(r -> r.get(OBJECTS, object.bytes()))
        .map(b -> StorePath.parse(Octets.of(b)));
  }
}
