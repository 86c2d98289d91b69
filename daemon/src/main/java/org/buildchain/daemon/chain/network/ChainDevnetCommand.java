package org.buildchain.daemon.chain.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.Deployment;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.PublicKey;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a local chain. */
@Command(
    name = "devnet",
    description = {
      "Starts a chain of one node on this machine, puts the contracts on it, gives every wallet"
          + " ether and BCT, and makes it the chain in use. It runs until Ctrl-C.",
      "",
      "It needs Foundry's 'anvil': on the PATH, in the setting 'anvil', or where 'npm ci' in"
          + " chain-client/contracts put it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc chain devnet",
      "  bc chain devnet --state devnet.json    goes on where it ended",
      "  bc chain devnet --port 0 --continue 0  one validation for each claim"
    })
final class ChainDevnetCommand extends BcCommand {
  static final long WALLET_BCT = 20_000;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final double ALL = 4_294_967_296.0;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8545",
      description = "Listen at 127.0.0.1:N; 0 takes a free port. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--block-time",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "Time between blocks. Default: ${DEFAULT-VALUE}.")
  private int blockTime;

  @Option(
      names = "--continue",
      paramLabel = "P",
      defaultValue = "0.5",
      description = "How likely another validator is drawn after each. Default: ${DEFAULT-VALUE}.")
  private double more;

  @Option(
      names = "--vrf",
      description =
          "Take the randomness from the wallet's key, which 'bc chain authority' then proves.")
  private boolean vrf;

  @Mixin private WalletOptions wallet;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Keep the chain in this file from one start to the next.")
  private Optional<String> state = Optional.empty();

  private final Set<Address> funded = new HashSet<>();

  @Override
  public Integer call() throws Exception {
    if (!(more >= 0 && more < 1)) {
      throw new CommandException("option '--continue': expected a number from 0 to below 1");
    }
    Optional<Path> file = state.map(this::path);
    LocalChain.Options options =
        new LocalChain.Options(anvil(), port, Optional.of(Math.max(1, blockTime)), file);
    Optional<PublicKey> authority =
        vrf ? Optional.of(wallet.key(context).publicKey()) : Optional.empty();
    try (LocalChain chain = new LocalChain(options);
        Node node = new Node(chain.url())) {
      Sender rich = Sender.unlocked(node, LocalChain.rich());
      Address claims = Deployment.firstClaims(LocalChain.rich());
      boolean there = node.isContract(claims);
      Network network =
          there
              ? Network.of(node, claims, Optional.of(Deployment.firstMarket(LocalChain.rich())), 0)
              : deploy(node, rich, authority);
      ChainInUse.use(context, network);
      fund(node, network);
      context.messages().println(chain.url().toString());
      context
          .messages()
          .note(
              "this is the chain in use now; wallets get "
                  + WALLET_BCT
                  + " BCT and ether, also those made later. Ctrl-C ends it"
                  + (state.isPresent() ? "." : ", and it is forgotten."));
      while (!chain.await(LOOK)) {
        fund(node, network);
      }
      throw new CommandException("anvil has ended");
    } catch (IOException | NodeException e) {
      throw new CommandException(e.getMessage());
    } catch (InterruptedException e) {
      // Ctrl-C is how it ends.
      return 0;
    }
  }

  /** Gives each wallet that has no ether what it needs. */
  private void fund(Node node, Network network) throws IOException, InterruptedException {
    for (Address wallet : ChainInUse.wallets(context).list().keySet()) {
      if (funded.add(wallet) && node.balance(wallet).signum() == 0) {
        ChainFundCommand.fund(node, network, wallet, WALLET_BCT);
        context.messages().note("gave " + wallet + " " + WALLET_BCT + " BCT and 100 ETH");
      }
    }
  }

  /** Blocks come with transactions until the contracts stand, so that this takes no time. */
  private Network deploy(Node node, Sender rich, Optional<PublicKey> authority)
      throws InterruptedException {
    node.ask("anvil_setIntervalMining", 0);
    node.ask("evm_setAutomine", true);
    Network network =
        Deployment.deploy(
            node, rich, LocalChain.rich(), Constants.local((long) (more * ALL)), authority);
    node.ask("evm_setAutomine", false);
    node.ask("anvil_setIntervalMining", Math.max(1, blockTime));
    return network;
  }

  private Path path(String given) {
    return Path.of(
        Octets.toText(CanonicalPath.absolute(given, context.caller().invocation().cwd())));
  }

  private Path anvil() {
    String given = context.settings().text("anvil");
    if (!given.isEmpty()) {
      return Path.of(Octets.toText(given));
    }
    String path = context.caller().invocation().env().getOrDefault("PATH", "");
    for (String folder : path.split(":")) {
      Path there = Path.of(Octets.toText(folder.isEmpty() ? "." : folder)).resolve("anvil");
      if (there.isAbsolute() && Files.isExecutable(there)) {
        return there;
      }
    }
    Path project = Path.of(System.getProperty("bc.native", "/native")).resolve("../..").normalize();
    String module = "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
    for (String folder : List.of("chain-client/contracts", ".")) {
      Path there = project.resolve(folder).resolve(module);
      if (Files.isExecutable(there)) {
        return there;
      }
    }
    Path contracts = project.resolve("chain-client/contracts");
    throw new CommandException(
        "there is no 'anvil' here: "
            + (Files.isDirectory(contracts)
                ? "run 'npm ci' in " + contracts
                : "install Foundry's on the PATH")
            + ", or name the program in the setting 'anvil'");
  }
}
