package org.buildchain.store.disk;

import java.util.Optional;
import org.buildchain.store.ForwardingStore;
import org.buildchain.store.PathInfo;
import org.buildchain.store.path.StorePath;

/** A store as it would be without the paths of which it lacks a block. */
final class WholeStore extends ForwardingStore {
  private final DiskStore store;

  WholeStore(DiskStore store) {
    super(store);
    this.store = store;
  }

  @Override
  public Optional<PathInfo> query(StorePath path) {
    return store.query(path).filter(i -> store.holds(path));
  }

  @Override
  public Optional<StorePath> byHashPart(String hashPart) {
    return store.byHashPart(hashPart).filter(this::isValid);
  }

  @Override
  public Optional<StorePath> realisation(RealisationId id) {
    return store.realisation(id).filter(this::isValid);
  }

  @Override
  public void close() {
    // What it is a view of stays open.
  }
}
