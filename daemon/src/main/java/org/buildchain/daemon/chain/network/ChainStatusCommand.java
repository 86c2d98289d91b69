package org.buildchain.daemon.chain.network;

import java.math.BigInteger;
import java.util.Locale;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.contracts.Rules;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Messages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Says which chain is in use, and how it is. */
@Command(
    name = "status",
    description = "Says which chain is in use, where the contracts stand, and the present rules.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc chain status", "  bc chain status --json"})
final class ChainStatusCommand extends BcCommand {
  private static final int MINUTE = 60;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    try (ChainInUse chain = ChainInUse.open(context)) {
      BlockHeader latest = chain.node().latest();
      BigInteger supply =
          chain.node().call(chain.network().token(), TokenAbi.totalSupply()).number(0);
      long slots =
          chain.node().call(chain.network().registry(), ValidatorRegistryAbi.slots()).small(0);
      Rules rules = chain.claims().currentRules();
      ObjectNode out = new ObjectMapper().createObjectNode();
      out.put("url", chain.network().url().toString());
      out.put("chainId", chain.network().chainId());
      out.put("block", latest.number());
      out.put("time", latest.timestamp());
      chain.network().addresses().forEach((name, address) -> out.put(name, address.toString()));
      out.put("supply", ChainInUse.digits(supply));
      out.put("validatorSlots", slots);
      out.put("publisherStake", ChainInUse.digits(rules.publisherStake()));
      out.put("fee", ChainInUse.digits(rules.fee()));
      out.put("buildTime", rules.buildTime());
      out.put("revealTime", rules.revealTime());
      if (json) {
        context.messages().println(out.toString());
      } else {
        tell(chain, latest, supply, rules);
      }
      return 0;
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    }
  }

  private void tell(ChainInUse chain, BlockHeader latest, BigInteger supply, Rules rules) {
    long age = Math.max(0, System.currentTimeMillis() / 1000 - latest.timestamp());
    Messages messages = context.messages();
    messages.println("chain " + chain.network().chainId() + " at " + chain.network().url());
    messages.println("block " + latest.number() + ", " + span(age) + " old");
    messages.println(
        Availability.of(chain, Address.ZERO).words()
            + " validators can be drawn ('bc validator run' is one)");
    messages.println(
        "a claim locks "
            + ChainInUse.amount(rules.publisherStake(), "BCT")
            + " and costs "
            + ChainInUse.amount(rules.fee(), "BCT")
            + "; validators have "
            + span(rules.buildTime())
            + " to build (twice that in each higher build class) and "
            + span(rules.revealTime())
            + " to reveal");
    messages.println("supply " + ChainInUse.amount(supply, "BCT"));
    messages.println("contracts:");
    chain
        .network()
        .addresses()
        .forEach(
            (name, address) ->
                messages.println(String.format(Locale.ROOT, "  %-10s  %s", name, address)));
  }

  private static String span(long seconds) {
    return seconds < 2 * MINUTE ? seconds + " s" : seconds / MINUTE + " min";
  }
}
