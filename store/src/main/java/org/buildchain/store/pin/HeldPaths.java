package org.buildchain.store.pin;

import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.store.path.StorePath;

/**
 * Paths that others hold on to for a time, by way of this process: the temporary roots of Nix. What
 * is held while a collection runs already must be asked for ({@code Store.isValid}) after. Thread-
 * safe.
 */
public final class HeldPaths {
  private final Set<Holder> holders = ConcurrentHashMap.newKeySet();

  /** Somebody who holds paths until it is closed. Thread-safe. */
  public final class Holder implements AutoCloseable {
    private final Set<StorePath> held = ConcurrentHashMap.newKeySet();

    private Holder() {}

    /** Holds a path, valid or not. */
    public void hold(StorePath path) {
      held.add(path);
    }

    @Override
    public void close() {
      holders.remove(this);
    }
  }

  /** A new holder. */
  public Holder begin() {
    Holder holder = new Holder();
    holders.add(holder);
    return holder;
  }

  /** What is held. */
  public Set<StorePath> all() {
    Set<StorePath> all = new TreeSet<>();
    holders.forEach(h -> all.addAll(h.held));
    return all;
  }

  /** These roots and what is held. */
  public LiveRoots and(LiveRoots roots) {
    return new LiveRoots() {
      @Override
      public Collection<StorePath> find() throws IOException {
        Set<StorePath> all = all();
        all.addAll(roots.find());
        return all;
      }

      @Override
      public Collection<StorePath> open() throws IOException {
        return roots.open();
      }

      @Override
      public Held hold() throws IOException {
        return roots.hold();
      }
    };
  }
}
