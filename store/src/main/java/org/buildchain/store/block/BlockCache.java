package org.buildchain.store.block;

import java.util.LinkedHashMap;
import java.util.Map;
import org.buildchain.store.ipld.Cid;

/** The verified blocks that were used last, up to a number of bytes. Thread-safe. */
final class BlockCache {
  private static final byte[] NONE = {};

  private final long maxBytes;
  private final Map<Cid, byte[]> blocks = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  BlockCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** A block, or no bytes if it is not held (an empty block never is). */
  synchronized byte[] get(Cid cid) {
    return blocks.getOrDefault(cid, NONE);
  }

  synchronized void remove(Cid cid) {
    byte[] data = blocks.remove(cid);
    bytes -= data == null ? 0 : data.length;
  }

  synchronized boolean holds(Cid cid) {
    return blocks.containsKey(cid);
  }

  synchronized void put(Cid cid, byte[] data) {
    if (data.length == 0 || data.length > maxBytes / 8 || blocks.put(cid, data) != null) {
      return;
    }
    bytes += data.length;
    var oldest = blocks.entrySet().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      bytes -= oldest.next().getValue().length;
      oldest.remove();
    }
  }
}
