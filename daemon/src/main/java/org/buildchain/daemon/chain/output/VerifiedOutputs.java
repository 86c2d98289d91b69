package org.buildchain.daemon.chain.output;

import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.command.Acceptance;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;

/**
 * Takes outputs by the CID that the chain calls valid: it names the whole closure, so whoever sends
 * the blocks can send nothing else.
 */
public final class VerifiedOutputs implements Acceptance {
  private static final long MAX_BYTES = 1L << 40;

  /** Thrown when an output can't be taken; the message says what is missing. */
  private static final class Missing extends Exception {
    private static final long serialVersionUID = 1;

    Missing(String what) {
      super(what);
    }
  }

  @Override
  public void fetch(
      CommandContext context, Settings settings, Collection<StorePath> drvPaths, boolean required)
      throws IOException, InterruptedException {
    if (drvPaths.isEmpty()) {
      return;
    }
    DiskStore store = context.services().store();
    try (ChainInUse chain = ChainInUse.open(context)) {
      for (StorePath drvPath : drvPaths) {
        try {
          fetch(context, settings, chain, drvPath);
        } catch (Missing e) {
          if (required) {
            throw new CommandException(
                "'" + store.dir().print(drvPath) + "' is not verified: " + e.getMessage());
          }
        }
      }
    } catch (NodeException | CommandException e) {
      if (required || e instanceof CommandException) {
        throw new CommandException(e.getMessage());
      }
      context.messages().warning(e.getMessage());
    }
  }

  @Override
  public Predicate<StorePath> accepted(CommandContext context, Settings settings) {
    return new AcceptedPaths(context, settings);
  }

  /** Whether the chain calls the outputs valid that are here. */
  static boolean vouched(
      CommandContext context, Settings settings, ChainInUse chain, StorePath drvPath)
      throws IOException {
    Derived derived = new Derived(context, settings, drvPath);
    try {
      Cid outputs = accepted(context, chain, settings, derived);
      return derived.present().filter(o -> Outputs.block(o).cid().equals(outputs)).isPresent();
    } catch (Missing e) {
      return false;
    }
  }

  private static void fetch(
      CommandContext context, Settings settings, ChainInUse chain, StorePath drvPath)
      throws Missing, IOException, InterruptedException {
    DiskStore store = context.services().store();
    Derived derived = new Derived(context, settings, drvPath);
    Cid outputs = accepted(context, chain, settings, derived);
    Optional<SortedMap<String, Cid>> present = derived.present();
    if (present.isPresent()) {
      if (!Outputs.block(present.get()).cid().equals(outputs)) {
        throw new CommandException(
            "the outputs of '"
                + store.dir().print(drvPath)
                + "' that are here are not those that the chain calls valid, "
                + outputs);
      }
      return;
    }
    try {
      take(context, settings, derived, drvPath, outputs);
    } catch (IOException e) {
      throw new Missing("the chain calls " + outputs + " valid, but " + e.getMessage());
    }
  }

  /** What the chain calls valid, if the settings are content with how. */
  private static Cid accepted(
      CommandContext context, ChainInUse chain, Settings settings, Derived derived)
      throws Missing, IOException {
    VerifiedCache cache =
        new VerifiedCache(context.services().root(), chain.network(), Clock.systemUTC());
    Word derivation = derived.digest();
    Optional<VerifiedCache.Known> known = cache.get(derivation);
    if (known.isPresent()) {
      try {
        return accepted(settings, known.get());
      } catch (Missing e) {
        // It may have become more, or deeper, meanwhile.
      }
    }
    Claims claims = chain.claims();
    VerifiedCache.Known now =
        new VerifiedCache.Known(
            claims
                .verified(derivation)
                .orElseThrow(
                    () ->
                        new Missing("no claim of it is valid on the chain; 'bc claim' makes one")),
            claims.node().blockNumber());
    Cid outputs = accepted(settings, now);
    cache.put(derivation, now);
    return outputs;
  }

  private static Cid accepted(Settings settings, VerifiedCache.Known known) throws Missing {
    Claims.Entry entry = known.entry();
    long wanted = settings.number("verified-validators");
    if (entry.validators() < wanted) {
      throw new Missing(
          entry.validators() + " rebuilt it, 'verified-validators' asks for " + wanted);
    }
    long depth = known.block() - entry.since();
    if (depth < settings.number("verified-depth")) {
      throw new Missing(
          "it is "
              + depth
              + " blocks deep, 'verified-depth' asks for "
              + settings.number("verified-depth"));
    }
    return Outputs.cid(entry.output());
  }

  private static void take(
      CommandContext context, Settings settings, Derived derived, StorePath drvPath, Cid outputs)
      throws IOException, InterruptedException {
    DiskStore store = context.services().store();
    OutputBlocks blocks = new OutputBlocks(context.services().root(), settings);
    Gateways gateways = new Gateways(store, settings);
    Optional<byte[]> here = blocks.get(outputs);
    byte[] block = here.isPresent() ? here.get() : gateways.block(outputs);
    blocks.keep(new Block(outputs, block));
    SortedMap<String, Cid> objects = Outputs.read(block);
    Map<StorePath, StorePath> derivers = new TreeMap<>();
    for (Cid object : objects.values()) {
      context.messages().note("fetching verified object " + object + "...");
      derivers.put(gateways.object(object, MAX_BYTES), drvPath);
    }
    store.setDerivers(derivers);
    if (!derived.present().equals(Optional.of(objects))) {
      throw new IOException("what it names are no outputs of this derivation");
    }
  }
}
