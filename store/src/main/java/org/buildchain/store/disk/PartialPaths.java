package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.PARTIAL;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Transaction;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;
import org.buildchain.store.path.StorePath;

/**
 * The valid paths of which blocks may be missing because nobody has read them yet, and where those
 * are. What is missing leaves no gap: of a block that is here because of such a path, all that lead
 * to it from the object were here before it. Thread-safe.
 */
final class PartialPaths {
  private static final String WHAT = "places of a path";

  private final Database database;
  private volatile Set<String> places = Set.of();
  private volatile boolean any;

  PartialPaths(Database database) {
    this.database = database;
    refresh();
  }

  /** Whether there are any; fast. */
  boolean any() {
    return any;
  }

  /** Where the blocks are that any of them lacks. */
  Set<String> places() {
    return places;
  }

  boolean contains(StorePath path) {
    return any && database.read(r -> r.has(PARTIAL, key(path)));
  }

  /** All of them. */
  Map<StorePath, List<String>> all() {
    Map<StorePath, List<String>> all = new TreeMap<>();
    database.read(
        r -> {
          r.scan(
              PARTIAL,
              new byte[0],
              (k, v) -> all.put(StorePath.parse(Octets.of(k)), decode(v)) == null);
          return true;
        });
    return all;
  }

  /** Says of a path which the transaction makes valid that blocks of it are elsewhere. */
  static void add(Transaction w, StorePath path, List<String> where) {
    List<Ipld> texts = where.stream().<Ipld>map(Ipld.Text::new).toList();
    w.put(PARTIAL, key(path), DagCbor.encode(new Ipld.Array(texts)));
  }

  static void remove(Transaction w, StorePath path) {
    w.delete(PARTIAL, key(path));
  }

  /** Looks at the database again, after it was changed. */
  synchronized void refresh() {
    Map<StorePath, List<String>> all = all();
    Set<String> found = new TreeSet<>();
    all.values().forEach(found::addAll);
    places = Set.copyOf(found);
    any = !all.isEmpty();
  }

  private static List<String> decode(byte[] value) {
    return Fields.array(WHAT, DagCbor.decode(WHAT, value)).stream()
        .map(t -> t instanceof Ipld.Text(String url) ? url : "")
        .toList();
  }

  private static byte[] key(StorePath path) {
    return Octets.bytes(path.toString());
  }
}
