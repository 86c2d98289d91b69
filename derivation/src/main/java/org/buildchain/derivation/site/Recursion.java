package org.buildchain.derivation.site;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import org.buildchain.store.path.StorePath;

/**
 * Lets a builder use the store: the system feature {@code recursive-nix}. Source: Nix manual,
 * "Experimental Features", {@code recursive-nix}.
 */
public interface Recursion {
  /** One builder's use. */
  interface Session extends AutoCloseable {
    /** What came to be visible to it, and may be referred to by its outputs. */
    SortedSet<StorePath> added();

    /** Ends it. */
    @Override
    void close();
  }

  /**
   * Begins it.
   *
   * @param socket where the builder's programs will connect, by Nix's protocol
   * @param visible the store objects that they can see at first
   */
  Session open(Path socket, SortedSet<StorePath> visible) throws IOException;
}
