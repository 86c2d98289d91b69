package org.buildchain.daemon.chain.output;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;

/**
 * The paths of a store that the chain vouches for, found anew when something was added or some
 * seconds have passed. While the chain's node is away what was found last counts.
 */
final class AcceptedPaths implements Predicate<StorePath> {
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final CommandContext context;
  private final Settings settings;
  private Set<StorePath> accepted = Set.of();
  private long version = -1;
  private long found;

  AcceptedPaths(CommandContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  @Override
  public synchronized boolean test(StorePath path) {
    long now = System.nanoTime();
    long current = context.services().store().version();
    if (current != version || now - found > FRESH_NANOS) {
      try {
        accepted = find();
      } catch (NodeException | IOException e) {
        context.messages().warning(e.getMessage());
      }
      version = current;
      found = now;
    }
    return accepted.contains(path);
  }

  private Set<StorePath> find() throws IOException {
    DiskStore store = context.services().store();
    Set<StorePath> derivers = new TreeSet<>();
    for (StorePath path : store.allPaths()) {
      Optional<StorePath> deriver = store.query(path).flatMap(PathInfo::deriver);
      deriver.filter(store::isValid).ifPresent(derivers::add);
    }
    Set<StorePath> all = new TreeSet<>();
    try (ChainInUse chain = ChainInUse.open(context)) {
      for (StorePath drvPath : derivers) {
        if (VerifiedOutputs.vouched(context, settings, chain, drvPath)) {
          all.addAll(store.closure(new Derived(context, settings, drvPath).outputs()));
        }
      }
    }
    return all;
  }
}
