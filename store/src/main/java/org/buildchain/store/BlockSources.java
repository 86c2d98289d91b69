package org.buildchain.store;

import java.io.IOException;
import java.util.Collection;

/** Where the blocks are that a store has left elsewhere until somebody reads them. Thread-safe. */
@FunctionalInterface
public interface BlockSources {
  /** Has nothing. */
  BlockSources NONE =
      (places, cid) -> {
        throw new IOException("block " + cid + " is not here yet, and nothing is asked for blocks");
      };

  /**
   * The bytes of a block, from the first that has it as it must be.
   *
   * @param places the URLs that {@link org.buildchain.store.disk.DiskStore#importLazily} was told
   * @param cid its CID's text
   * @throws IOException if none has it; says why
   */
  byte[] get(Collection<String> places, String cid) throws IOException;
}
