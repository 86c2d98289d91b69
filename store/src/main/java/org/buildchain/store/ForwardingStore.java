package org.buildchain.store;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * A store that passes on to another whatever a subclass does not answer itself. What {@link Store}
 * derives from {@link #query} (whether a path is valid, whether it is whole) follows the subclass's
 * answers, not the other store's.
 */
public abstract class ForwardingStore implements Store {
  private final Store store;

  /**
   * @param store what is asked
   */
  protected ForwardingStore(Store store) {
    this.store = store;
  }

  @Override
  public StoreDir dir() {
    return store.dir();
  }

  @Override
  public Use use() {
    return store.use();
  }

  @Override
  public Optional<PathInfo> query(StorePath path) {
    return store.query(path);
  }

  @Override
  public long version() {
    return store.version();
  }

  @Override
  public SortedSet<StorePath> allPaths() {
    return store.allPaths();
  }

  @Override
  public SortedSet<StorePath> referrers(StorePath path) {
    return store.referrers(path);
  }

  @Override
  public SortedSet<StorePath> closure(Collection<StorePath> roots) {
    return store.closure(roots);
  }

  @Override
  public Optional<StorePath> byHashPart(String hashPart) {
    return store.byHashPart(hashPart);
  }

  @Override
  public List<StorePath> addTexts(List<Text> texts, List<NewObject> files) throws IOException {
    return store.addTexts(texts, files);
  }

  @Override
  public StorePath textPath(Text text) {
    return store.textPath(text);
  }

  @Override
  public StorePath addTree(
      String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    return store.addTree(name, tree, method, algorithm);
  }

  @Override
  public StorePath treePath(
      String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    return store.treePath(name, tree, method, algorithm);
  }

  @Override
  public List<PathInfo> addObjects(List<NewObject> objects) throws IOException {
    return store.addObjects(objects);
  }

  @Override
  public Hash contentHash(
      FileTree tree, IngestionMethod method, HashAlgorithm algorithm, Optional<String> selfHash)
      throws IOException {
    return store.contentHash(tree, method, algorithm, selfHash);
  }

  @Override
  public SortedSet<StorePath> scan(FileTree tree, Set<StorePath> candidates) throws IOException {
    return store.scan(tree, candidates);
  }

  @Override
  public FileTree open(StorePath path) throws IOException {
    return store.open(path);
  }

  @Override
  public void addRealisation(
      RealisationId id, StorePath path, SortedMap<RealisationId, StorePath> dependents)
      throws IOException {
    store.addRealisation(id, path, dependents);
  }

  @Override
  public Optional<StorePath> realisation(RealisationId id) {
    return store.realisation(id);
  }

  @Override
  public SortedMap<RealisationId, StorePath> dependents(RealisationId id) {
    return store.dependents(id);
  }

  @Override
  public void setDerivers(Map<StorePath, StorePath> derivers) throws IOException {
    store.setDerivers(derivers);
  }

  @Override
  public void close() {
    store.close();
  }
}
