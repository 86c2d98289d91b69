package org.buildchain.daemon.worker;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.ForwardingStore;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.checkout.CheckedOutStore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * A store of which a builder sees what it was given and what it has added: what it makes must not
 * follow from what happens to stand there. Source: {@code RestrictedStore} of Nix 2.26.
 */
final class VisibleStore extends ForwardingStore {
  private final CheckedOutStore store;
  private final Set<StorePath> first;
  private final SortedSet<StorePath> added = new ConcurrentSkipListSet<>();

  VisibleStore(CheckedOutStore store, SortedSet<StorePath> visible) {
    super(store);
    this.store = store;
    this.first = Set.copyOf(visible);
  }

  /** What was not visible at first. */
  SortedSet<StorePath> added() {
    return new TreeSet<>(added);
  }

  private boolean sees(StorePath path) {
    return first.contains(path) || added.contains(path);
  }

  private SortedSet<StorePath> seen(Collection<StorePath> paths) {
    SortedSet<StorePath> seen = new TreeSet<>(paths);
    seen.removeIf(p -> !sees(p));
    return seen;
  }

  private StorePath see(StorePath path) {
    if (!first.contains(path)) {
      added.add(path);
    }
    return path;
  }

  @Override
  public Optional<PathInfo> query(StorePath path) {
    return sees(path) ? store.query(path) : Optional.empty();
  }

  @Override
  public SortedSet<StorePath> allPaths() {
    return seen(store.allPaths());
  }

  @Override
  public SortedSet<StorePath> referrers(StorePath path) {
    return seen(store.referrers(path));
  }

  @Override
  public Optional<StorePath> byHashPart(String hashPart) {
    return store.byHashPart(hashPart).filter(this::sees);
  }

  @Override
  public List<StorePath> addTexts(List<Text> texts, List<NewObject> files) throws IOException {
    List<StorePath> paths = store.addTexts(texts, files);
    files.forEach(f -> see(f.path()));
    paths.forEach(this::see);
    return paths;
  }

  @Override
  public StorePath addTree(
      String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    return see(store.addTree(name, tree, method, algorithm));
  }

  @Override
  public List<PathInfo> addObjects(List<NewObject> objects) throws IOException {
    List<PathInfo> infos = store.addObjects(objects);
    infos.forEach(i -> see(i.path()));
    return infos;
  }

  PathInfo importNar(ForeignObject said, InputStream nar) throws IOException {
    PathInfo info = store.importNar(said, nar);
    see(info.path());
    return info;
  }

  @Override
  public Optional<StorePath> realisation(RealisationId id) {
    return store.realisation(id).filter(this::sees);
  }

  /** It is not this one's to close. */
  @Override
  public void close() {}
}
