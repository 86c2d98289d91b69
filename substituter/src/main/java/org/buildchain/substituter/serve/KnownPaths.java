package org.buildchain.substituter.serve;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;

/**
 * What the store knows of the paths that were asked for last, as long as nothing is written to its
 * database: a client asks for a path's narinfo, then for its NAR. Thread-safe.
 */
final class KnownPaths {
  private static final int MAX_KNOWN = 1 << 12;

  /** The references of all of them: some megabytes. */
  private static final long MAX_REFERENCES = 1 << 16;

  private final DiskStore store;
  private final Map<String, Known> known = new LinkedHashMap<>(64, 0.75f, true);
  private long references;

  /**
   * @param version of the store, before it was asked
   */
  private record Known(PathInfo info, long version) {}

  KnownPaths(DiskStore store) {
    this.store = store;
  }

  /** The valid path with this hash part; it stays so during a use of the store's that is open. */
  Optional<PathInfo> find(String hashPart) {
    Optional<Known> last = last(hashPart);
    // The path is touched first: what has not changed before that does not change after.
    if (last.isPresent()
        && store.isValid(last.get().info().path())
        && store.version() == last.get().version()) {
      return Optional.of(last.get().info());
    }
    long version = store.version();
    Optional<PathInfo> info = store.byHashPart(hashPart).flatMap(store::query);
    info.ifPresent(i -> keep(hashPart, new Known(i, version)));
    return info;
  }

  private synchronized Optional<Known> last(String hashPart) {
    return Optional.ofNullable(known.get(hashPart));
  }

  private synchronized void keep(String hashPart, Known one) {
    Known before = known.put(hashPart, one);
    references += size(one) - (before == null ? 0 : size(before));
    var oldest = known.values().iterator();
    while (known.size() > MAX_KNOWN || references > MAX_REFERENCES) {
      references -= size(oldest.next());
      oldest.remove();
    }
  }

  private static long size(Known one) {
    return one.info().references().size();
  }
}
