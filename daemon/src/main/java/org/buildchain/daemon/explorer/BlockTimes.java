package org.buildchain.daemon.explorer;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.chain.index.LogSource;
import org.buildchain.chain.rpc.BlockHeader;

/** When blocks were made: asked of the node once. Thread-safe. */
final class BlockTimes {
  private static final int MOST = 100_000;

  private final LogSource source;
  private final Map<Long, Long> known = new ConcurrentHashMap<>();

  BlockTimes(LogSource source) {
    this.source = source;
  }

  /** Asks for what isn't known yet. */
  void prepare(Collection<Long> blocks) {
    blocks.stream().distinct().parallel().forEach(this::of);
  }

  /** Seconds since 1970; 0 for a block that is no more. */
  long of(long block) {
    if (known.size() > MOST) {
      known.clear();
    }
    Long there = known.get(block);
    if (there != null) {
      return there;
    }
    long time = source.block(block).map(BlockHeader::timestamp).orElse(0L);
    if (time > 0) {
      known.put(block, time);
    }
    return time;
  }

  /** Forgets everything: a reorganisation may have changed it. */
  void clear() {
    known.clear();
  }
}
