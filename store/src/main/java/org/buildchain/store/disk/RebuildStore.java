package org.buildchain.store.disk;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.store.ForwardingStore;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.path.StorePath;

/**
 * A store as it would be without certain paths, to build them again: what is added is looked at and
 * remembered, and never takes the place of what is there. Thread-safe.
 */
public final class RebuildStore extends ForwardingStore {
  private final DiskStore store;
  private final Set<StorePath> hidden;
  private final Block.Sink kept;
  private final Map<StorePath, PathInfo> made = new ConcurrentHashMap<>();

  RebuildStore(DiskStore store, Set<StorePath> hidden, Block.Sink kept) {
    super(store);
    this.store = store;
    this.hidden = Set.copyOf(hidden);
    this.kept = kept;
  }

  @Override
  public Optional<PathInfo> query(StorePath path) {
    PathInfo fresh = made.get(path);
    return fresh != null
        ? Optional.of(fresh)
        : hidden.contains(path) ? Optional.empty() : store.query(path);
  }

  @Override
  public Optional<StorePath> byHashPart(String hashPart) {
    return store.byHashPart(hashPart).filter(p -> !hidden.contains(p));
  }

  @Override
  public List<PathInfo> addObjects(List<NewObject> objects) throws IOException {
    List<PathInfo> infos = store.describe(objects, block -> {});
    if (infos.stream().anyMatch(this::comesOutOtherwise)) {
      // It can't be stored, and whoever asks in what it differs must be answered.
      store.describe(objects, kept);
    }
    infos.forEach(i -> made.put(i.path(), i));
    // What was not here before is worth keeping: it is what this machine built.
    store.addObjects(objects);
    return infos;
  }

  @Override
  public void addRealisation(
      RealisationId id, StorePath path, SortedMap<RealisationId, StorePath> dependents) {
    // What was known before stays.
  }

  @Override
  public Optional<StorePath> realisation(RealisationId id) {
    return store.realisation(id).filter(p -> !hidden.contains(p));
  }

  @Override
  public void close() {
    // What it is a view of stays open.
  }

  private boolean comesOutOtherwise(PathInfo info) {
    return store.query(info.path()).filter(i -> !i.object().equals(info.object())).isPresent();
  }
}
