package org.buildchain.substituter.fetch;

import java.io.IOException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;

/** Blocks of a cache that is a trustless gateway as well. */
final class GatewayBlocks {
  private GatewayBlocks() {}

  /**
   * A block, verified.
   *
   * @throws IOException if the cache does not have it, or says that something else is it
   */
  static byte[] get(BinaryCache cache, String cid) throws IOException {
    byte[] data =
        cache
            .read("ipfs/" + cid + "?format=raw", Block.MAX_SIZE)
            .orElseThrow(() -> new IOException("'" + cache.url() + "' has no block " + cid));
    try {
      if (Cid.parse(cid).matches(data)) {
        return data;
      }
    } catch (FormatException e) {
      throw new IOException(e.getMessage(), e);
    }
    throw new IOException("'" + cache.url() + "' gives other bytes for block " + cid);
  }
}
