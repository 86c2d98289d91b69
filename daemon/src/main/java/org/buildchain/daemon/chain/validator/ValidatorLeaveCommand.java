package org.buildchain.daemon.chain.validator;

import java.time.Instant;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.validator.Leaving;
import org.buildchain.chain.wallet.Key;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.chain.network.WalletOptions;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Gives a validator's stake back. */
@Command(
    name = "leave",
    description = {
      "Gives a validator's stake back, in two steps: the first time it is drawn no more, and once"
          + " what it was drawn for is over and the chain's time for that has passed, the same"
          + " command takes the stake. Let 'bc validator run' go on until then.",
      "",
      "Exit status 0 if the stake is back, 3 if it is too early."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc validator leave --wallet 0x9d8a",
      "  until bc validator leave --password-file password; do sleep 600; done"
    })
final class ValidatorLeaveCommand extends BcCommand {
  private static final int TOO_EARLY = 3;

  @Mixin private WalletOptions wallet;

  @Override
  public Integer call() throws Exception {
    Key key = wallet.key(context);
    try (ChainInUse chain = ChainInUse.open(context)) {
      Claims claims = chain.claims();
      Address self = key.address();
      Address operator =
          claims
              .node()
              .call(chain.network().registry(), ValidatorRegistryAbi.operatorOf(self))
              .address(0);
      if (operator.equals(Address.ZERO)) {
        throw new CommandException(self + " has staked nothing on this chain");
      }
      Sender sender = Sender.of(claims.node(), key);
      Optional<Leaving> before = Leaving.of(claims, self);
      Leaving leaving = before.isPresent() ? before.get() : Leaving.begin(claims, sender);
      Optional<String> hindrance = leaving.hindrance(claims, self);
      if (hindrance.isPresent()) {
        context
            .messages()
            .note(
                "validator "
                    + self
                    + " is drawn no more; it can take its stake from "
                    + Instant.ofEpochSecond(leaving.from())
                    + " on: "
                    + hindrance.get());
        return TOO_EARLY;
      }
      String amount = ChainInUse.amount(Leaving.end(claims, sender), "BCT");
      context.messages().println("validator " + self + " has left, with " + amount);
      return 0;
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    } catch (InterruptedException e) {
      throw new CommandException("interrupted by the user");
    }
  }
}
