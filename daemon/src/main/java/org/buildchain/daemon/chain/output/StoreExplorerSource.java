package org.buildchain.daemon.chain.output;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.contracts.RewardsAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.index.LogSource;
import org.buildchain.chain.index.NodeLogs;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Node;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.explorer.ExplorerSource;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import tools.jackson.databind.node.ObjectNode;

/** The chain in use, and what this daemon's store knows of derivations. Thread-safe. */
public final class StoreExplorerSource implements ExplorerSource {
  private static final String DRV = ".drv";

  private final ChainInUse chain;
  private final DiskStore store;
  private final Evidence evidence;
  private final NodeLogs logs;
  private final Map<Word, String> names = new ConcurrentHashMap<>();
  private volatile long periodLength;

  /** For one command. The chain stays the caller's to close, after the last question. */
  public StoreExplorerSource(CommandContext context, Settings settings, ChainInUse chain) {
    this.chain = chain;
    this.store = context.services().store();
    this.evidence = new Evidence(context, settings);
    this.logs = new NodeLogs(chain.node(), chain.network());
  }

  @Override
  public LogSource logs() {
    return logs;
  }

  @Override
  public Map<String, String> network() {
    Network network = chain.network();
    Map<String, String> all = new LinkedHashMap<>();
    all.put("node", network.url().toString());
    all.put("chain", Long.toString(network.chainId()));
    network.addresses().forEach((name, address) -> all.put(name, address.toString()));
    return all;
  }

  @Override
  public Optional<String> nameOf(Word derivation) {
    String known = names.get(derivation);
    if (known == null) {
      Optional<StorePath> path = store.byObject(Outputs.cid(derivation).toString());
      if (path.isEmpty()) {
        return Optional.empty();
      }
      String name = path.get().name();
      known = name.endsWith(DRV) ? name.substring(0, name.length() - DRV.length()) : name;
      names.put(derivation, known);
    }
    return Optional.of(known);
  }

  private Node node() {
    return chain.node();
  }

  @Override
  public BigInteger supply() {
    return node().call(chain.network().token(), TokenAbi.totalSupply()).number(0);
  }

  @Override
  public long periodLength() {
    if (periodLength == 0) {
      periodLength =
          node().call(chain.network().registry(), ValidatorRegistryAbi.periodLength()).small(0);
    }
    return periodLength;
  }

  @Override
  public BigInteger periodAmount(long period) {
    return node()
        .call(chain.network().rewards(), RewardsAbi.amountOf(BigInteger.valueOf(period)))
        .number(0);
  }

  @Override
  public long periodCredit(long period) {
    return node()
        .call(
            chain.network().registry(),
            ValidatorRegistryAbi.totalCredit(BigInteger.valueOf(period)))
        .small(0);
  }

  @Override
  public ObjectNode evidence(Word digest) {
    return evidence.read(digest);
  }
}
