package org.buildchain.store.disk;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * A store as it would be without certain paths, to build them again: what is added is looked at and
 * remembered, and never takes the place of what is there. Thread-safe.
 */
public final class RebuildStore implements Store {
  private final DiskStore store;
  private final Set<StorePath> hidden;
  private final Map<StorePath, PathInfo> made = new ConcurrentHashMap<>();

  RebuildStore(DiskStore store, Set<StorePath> hidden) {
    this.store = store;
    this.hidden = Set.copyOf(hidden);
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
    PathInfo fresh = made.get(path);
    return fresh != null
        ? Optional.of(fresh)
        : hidden.contains(path) ? Optional.empty() : store.query(path);
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
    return store.byHashPart(hashPart).filter(p -> !hidden.contains(p));
  }

  @Override
  public List<StorePath> addTexts(List<Text> texts) throws IOException {
    return store.addTexts(texts);
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
    List<PathInfo> infos = store.describe(objects);
    infos.forEach(i -> made.put(i.path(), i));
    // What was not here before is worth keeping: it is what this machine built.
    store.addObjects(objects);
    return infos;
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
  public void addRealisation(RealisationId id, StorePath path) {
    // What was known before stays.
  }

  @Override
  public Optional<StorePath> realisation(RealisationId id) {
    return store.realisation(id).filter(p -> !hidden.contains(p));
  }

  @Override
  public void setDerivers(Map<StorePath, StorePath> derivers) {
    store.setDerivers(derivers);
  }

  @Override
  public void close() {
    // What it is a view of stays open.
  }
}
