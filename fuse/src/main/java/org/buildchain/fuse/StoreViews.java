package org.buildchain.fuse;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;

/** The views of a store: its objects by store path and by CID. */
public final class StoreViews {
  private StoreViews() {}

  /** Every valid path under its base name. */
  public static FileSystemView byPath(Store store) {
    return new StoreView(
        store, StoreViews::parse, () -> store.allPaths().stream().map(StorePath::toString));
  }

  /**
   * Every object under its CID.
   *
   * @param byCid the valid path of the object with a CID, if there is one
   */
  public static FileSystemView byCid(Store store, Function<String, Optional<StorePath>> byCid) {
    return new StoreView(
        store,
        name -> isCid(name) ? byCid.apply(name) : Optional.empty(),
        () ->
            store.allPaths().stream()
                .map(store::query)
                .flatMap(Optional::stream)
                .map(PathInfo::object)
                .distinct());
  }

  /** Programs look for all sorts of names in a store's folder; most are no store paths. */
  private static Optional<StorePath> parse(String name) {
    try {
      return Optional.of(StorePath.parse(name));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isCid(String name) {
    try {
      Cid.parse(name);
      return true;
    } catch (FormatException e) {
      return false;
    }
  }

  /** The names in the top folder. */
  @FunctionalInterface
  private interface Names {
    Stream<String> all();
  }

  private record StoreView(Store store, Function<String, Optional<StorePath>> byName, Names names)
      implements FileSystemView, FileSystemView.Directory {
    @Override
    public Directory root() {
      return this;
    }

    @Override
    public long version() {
      return store.version();
    }

    @Override
    public long inode() {
      return 1;
    }

    @Override
    public Optional<Node> lookup(String name) throws IOException {
      Optional<StorePath> path = byName.apply(name).filter(store::isValid);
      return path.isEmpty()
          ? Optional.empty()
          : Optional.of(TreeNodes.of(store.open(path.get()), TreeNodes.inode(1, name)));
    }

    @Override
    public List<Entry> list() throws IOException {
      // Opening each object for its kind would cost far more than the listing.
      return names
          .all()
          .map(n -> new Entry(n, Kind.UNKNOWN, TreeNodes.inode(1, n), () -> lookup(n)))
          .toList();
    }
  }
}
