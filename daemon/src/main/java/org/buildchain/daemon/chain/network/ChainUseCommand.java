package org.buildchain.daemon.chain.network;

import java.net.URI;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.network.Deployment;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Chooses a chain. */
@Command(
    name = "use",
    description = "Makes the chain of a node the one on which outputs are claimed and verified.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc chain use http://127.0.0.1:8545",
      "  bc chain use https://node.example.org --claims 0x... --from-block 19000000"
    })
final class ChainUseCommand extends BcCommand {
  @Parameters(paramLabel = "URL", description = "JSON-RPC of a node.")
  private String url;

  @Option(
      names = "--claims",
      paramLabel = "ADDRESS",
      description = "The claims contract, which knows the others. Default: a local chain's.")
  private Optional<String> claims = Optional.empty();

  @Option(names = "--market", paramLabel = "ADDRESS", description = "The prediction market.")
  private Optional<String> market = Optional.empty();

  @Option(
      names = "--from-block",
      paramLabel = "N",
      description = "Nothing of the contracts is older. Default: 0.")
  private long fromBlock;

  @Override
  public Integer call() throws Exception {
    Address rich = LocalChain.rich();
    try (Node node = new Node(node(url))) {
      Network network =
          Network.of(
              node,
              claims.map(Address::parse).orElse(Deployment.firstClaims(rich)),
              claims.isPresent()
                  ? market.map(Address::parse)
                  : Optional.of(Deployment.firstMarket(rich)),
              fromBlock);
      ChainInUse.use(context, network);
      context.messages().println("chain " + network.chainId() + " at " + network.url());
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    } catch (IllegalArgumentException e) {
      throw new CommandException(e.getMessage());
    }
    return 0;
  }

  private static URI node(String url) {
    if (!url.startsWith("http://") && !url.startsWith("https://")) {
      throw new CommandException("'" + url + "': expected the URL of a node, 'http://HOST:8545'");
    }
    return URI.create(url);
  }
}
