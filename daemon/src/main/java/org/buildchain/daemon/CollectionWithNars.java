package org.buildchain.daemon;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.serve.KeptNarFiles;

/**
 * Collects the NARs that {@code bc serve} keeps together with paths: those of paths that go or have
 * gone, and, where some bytes are wanted, any of them before a path goes. They can be made again.
 */
final class CollectionWithNars {
  private final Store store;
  private final KeptNarFiles nars;

  CollectionWithNars(Store store, KeptNarFiles nars) {
    this.store = store;
    this.nars = nars;
  }

  /**
   * Collects.
   *
   * @param paths removes paths
   */
  Collected run(CollectOptions options, LowDisk.Collecting paths) throws IOException {
    boolean dry = options.dryRun();
    if (options.maxFreed().isPresent()) {
      long wanted = options.maxFreed().getAsLong();
      long bytes = nars.removeOldest(wanted, dry);
      return with(bytes, paths.run(freeing(wanted - Math.min(wanted, bytes), options)));
    }
    Collected collected = paths.run(options);
    return with(nars.removeDead(() -> hashPartsBut(collected.paths()), dry), collected);
  }

  private static CollectOptions freeing(long bytes, CollectOptions options) {
    return new CollectOptions(
        OptionalLong.of(bytes),
        options.olderThan(),
        options.keepLastUsed(),
        options.only(),
        options.keepDerivations(),
        options.dryRun());
  }

  private static Collected with(long bytes, Collected collected) {
    return new Collected(
        collected.paths(), collected.blocks(), collected.bytes() + bytes, collected.kept());
  }

  /** Those of all paths but some, which may be gone already. */
  private Set<String> hashPartsBut(List<StorePath> some) {
    Set<StorePath> gone = new HashSet<>(some);
    return store.allPaths().stream()
        .filter(p -> !gone.contains(p))
        .map(StorePath::hashPart)
        .collect(Collectors.toUnmodifiableSet());
  }
}
