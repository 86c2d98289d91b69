package org.buildchain.chain.index;

import java.util.List;
import java.util.Optional;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;

/**
 * Where an index reads a chain. Every method throws {@link org.buildchain.chain.rpc.NodeException}
 * if the node can't be reached.
 */
public interface LogSource {
  /** The newest block. */
  BlockHeader latest();

  /** The block with a number, if it is there. */
  Optional<BlockHeader> block(long number);

  /** The first block that can hold a log. */
  long first();

  /** The logs of all contracts in these blocks, both included, oldest first. */
  List<Log> logs(long from, long to);
}
