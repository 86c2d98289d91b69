package org.buildchain.store;

import java.io.IOException;

/** Blocks that somebody else has. Whoever gets one checks it. Thread-safe. */
@FunctionalInterface
public interface RemoteBlocks {
  /**
   * The bytes of a block.
   *
   * @param cid its CID's text
   * @throws IOException if it can't be had
   */
  byte[] get(String cid) throws IOException;
}
