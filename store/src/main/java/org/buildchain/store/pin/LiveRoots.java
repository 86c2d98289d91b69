package org.buildchain.store.pin;

import java.io.IOException;
import java.util.Collection;
import org.buildchain.store.path.StorePath;

/** Where paths come from that nobody may remove. */
public interface LiveRoots {
  /** All of them. */
  Collection<StorePath> find() throws IOException;

  /** Those alone that processes have open. */
  Collection<StorePath> open() throws IOException;

  /** Keeps processes from pinning anything temporarily. */
  Held hold() throws IOException;

  /** The same without what pins lead to, unless they are temporary. */
  default LiveRoots unpinned() {
    LiveRoots all = this;
    return new LiveRoots() {
      @Override
      public Collection<StorePath> find() throws IOException {
        return all.open();
      }

      @Override
      public Collection<StorePath> open() throws IOException {
        return all.open();
      }

      @Override
      public Held hold() throws IOException {
        return all.hold();
      }
    };
  }

  /** While it lasts no temporary pin is made. */
  interface Held extends AutoCloseable {
    /** What is pinned temporarily. */
    Collection<StorePath> temporary() throws IOException;

    @Override
    void close() throws IOException;
  }
}
