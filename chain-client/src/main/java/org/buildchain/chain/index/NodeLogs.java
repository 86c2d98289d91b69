package org.buildchain.chain.index;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;

/** The logs of a network's contracts; of the token only what makes and burns tokens. */
public final class NodeLogs implements LogSource {
  private final Node node;
  private final Network network;

  /** The logs that {@code node} has; asks nothing yet. */
  public NodeLogs(Node node, Network network) {
    this.node = node;
    this.network = network;
  }

  @Override
  public BlockHeader latest() {
    return node.latest();
  }

  @Override
  public Optional<BlockHeader> block(long number) {
    return node.block(number);
  }

  @Override
  public long first() {
    return network.fromBlock();
  }

  @Override
  public List<Log> logs(long from, long to) {
    try {
      return all(from, to);
    } catch (NodeException e) {
      // Nodes bound how much they answer, each in its own way.
      boolean tooMuch = e.isRefusal() || e.getMessage().endsWith("is too long");
      if (from >= to || !tooMuch) {
        throw e;
      }
      long middle = from + (to - from) / 2;
      List<Log> both = new ArrayList<>(logs(from, middle));
      both.addAll(logs(middle + 1, to));
      return both;
    }
  }

  private List<Log> all(long from, long to) {
    List<Address> contracts = new ArrayList<>();
    contracts.addAll(
        List.of(network.claims(), network.jury(), network.registry(), network.rewards()));
    network.market().ifPresent(contracts::add);
    List<Log> logs = new ArrayList<>();
    for (Address contract : contracts) {
      logs.addAll(node.logs(contract, from, to, List.of()));
    }
    Optional<Word> transfer = Optional.of(TokenAbi.TRANSFER.topic());
    Optional<Word> nobody = Optional.of(Word.ZERO);
    logs.addAll(node.logs(network.token(), from, to, List.of(transfer, nobody)));
    logs.addAll(node.logs(network.token(), from, to, List.of(transfer, Optional.empty(), nobody)));
    logs.sort(Comparator.comparingLong(Log::block).thenComparingLong(Log::index));
    return logs;
  }
}
