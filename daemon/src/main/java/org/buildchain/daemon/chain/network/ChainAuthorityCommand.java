package org.buildchain.daemon.chain.network;

import java.util.Optional;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.validator.Authority;
import org.buildchain.chain.wallet.Key;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.store.format.FormatException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proves randomness, on a chain that has none of its own. */
@Command(
    name = "authority",
    description = {
      "Proves the randomness that claims and juries wait for, and carries their draws out, until"
          + " Ctrl-C: for a chain whose blocks have none of their own. The wallet's key must be the"
          + " one that the contract names, and should be nobody's that makes blocks.",
      "",
      "It keeps nothing: started again it goes on with what is open. Draws wait while it is away,"
          + " and after 256 blocks another block is named."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc chain authority --password-file password",
      "  bc chain devnet --vrf --password-file password    a chain to try it on"
    })
final class ChainAuthorityCommand extends BcCommand {
  private static final long POLL_MILLIS = 500;

  @Mixin private WalletOptions wallet;

  @Option(names = "--once", description = "Answer what is due now, and end.")
  private boolean once;

  @Override
  public Integer call() throws Exception {
    Key key = wallet.key(context);
    try (ChainInUse chain = ChainInUse.open(context)) {
      Authority authority =
          new Authority(
              chain.claims(),
              key,
              Sender.of(chain.node(), key),
              text -> context.messages().note(text));
      if (!authority.isNamed()) {
        throw new CommandException(
            "the chain in use doesn't take its randomness from wallet " + key.address());
      }
      context.messages().println("authority " + key.address() + " answers");
      serve(authority);
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    } catch (InterruptedException e) {
      // Ctrl-C is how it ends.
    }
    return 0;
  }

  private void serve(Authority authority) throws InterruptedException {
    Optional<String> problem = Optional.empty();
    do {
      try {
        authority.step();
        problem = Optional.empty();
      } catch (NodeException | FormatException e) {
        // It may be back in a moment; the chain remembers everything.
        if (!problem.equals(Optional.of(e.getMessage()))) {
          context.messages().warning(e.getMessage());
        }
        problem = Optional.of(e.getMessage());
      }
      if (context.caller().cancelled()) {
        throw new InterruptedException();
      }
      if (!once) {
        Thread.sleep(POLL_MILLIS);
      }
    } while (!once);
  }
}
