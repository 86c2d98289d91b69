package org.buildchain.daemon.chain.network;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.daemon.command.BcCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives an account of a local chain what it needs. */
@Command(
    name = "fund",
    description = "On a local chain: gives an account 100 ether and BCT.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc chain fund 0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F --bct 5000"})
final class ChainFundCommand extends BcCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Parameters(paramLabel = "ADDRESS", description = "The account.")
  private String account;

  @Option(
      names = "--bct",
      paramLabel = "N",
      defaultValue = "" + ChainDevnetCommand.WALLET_BCT,
      description = "How many BCT. Default: ${DEFAULT-VALUE}.")
  private long bct;

  @Override
  public Integer call() throws Exception {
    try (ChainInUse chain = ChainInUse.open(context)) {
      fund(chain.node(), chain.network(), Address.parse(account), bct);
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    }
    return 0;
  }

  static void fund(Node node, Network network, Address account, long bct)
      throws InterruptedException {
    Sender rich = Sender.unlocked(node, LocalChain.rich());
    rich.send(Optional.of(account), new byte[0], BigInteger.TEN.pow(20));
    rich.run(network.token(), TokenAbi.transfer(account, Constants.bct(bct)), PATIENCE);
  }
}
