package org.buildchain.daemon.chain.network;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.wallet.Wallets;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;

/** The chain that a store's commands use: {@code chain/network.json} in its root. */
public final class ChainInUse implements AutoCloseable {
  private static final int DECIMALS = 18;

  private final Claims claims;
  private boolean checked;

  private ChainInUse(Claims claims) {
    this.claims = claims;
  }

  /** Reads which one it is. Its node is asked for nothing before something is wanted of it. */
  public static ChainInUse open(CommandContext context) throws IOException {
    Network network;
    try {
      network = Network.parse(Files.readString(file(context)));
    } catch (NoSuchFileException e) {
      throw new CommandException(
          "no chain is in use; 'bc chain use URL' chooses one, 'bc chain devnet' makes one");
    }
    return new ChainInUse(new Claims(new Node(network.url()), network));
  }

  /** Makes a chain the one in use. */
  static void use(CommandContext context, Network network) throws IOException {
    Path file = file(context);
    Files.createDirectories(file.getParent());
    Path next = file.resolveSibling("network.json.new");
    Files.write(next, network.json().getBytes(StandardCharsets.UTF_8));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path file(CommandContext context) {
    return folder(context).resolve("network.json");
  }

  /**
   * Where a store keeps what has to do with chains, its wallets included; perhaps not there yet.
   */
  public static Path folder(CommandContext context) {
    return context.services().root().resolve("chain");
  }

  static Wallets wallets(CommandContext context) {
    return new Wallets(folder(context).resolve("wallets"), Clock.systemUTC());
  }

  /**
   * The chain; looks first whether it is the one that it was.
   *
   * @throws org.buildchain.chain.rpc.NodeException if it can't be reached, or is another
   */
  public Claims claims() {
    if (!checked) {
      claims.network().check(claims.node());
      checked = true;
    }
    return claims;
  }

  /** Where its contracts are. Asks nobody. */
  public Network network() {
    return claims.network();
  }

  /**
   * The node by which it is reached; looks first as {@link #claims} does.
   *
   * @throws org.buildchain.chain.rpc.NodeException if it can't be reached, or is of another chain
   */
  public Node node() {
    return claims().node();
  }

  /** An amount of 10^-18 as people write it. */
  public static String amount(BigInteger units, String name) {
    return digits(units) + " " + name;
  }

  /** The same without a name, for programs. */
  public static String digits(BigInteger units) {
    return new BigDecimal(units, DECIMALS).stripTrailingZeros().toPlainString();
  }

  /** What went wrong, and what can be done about a chain that nobody answers for. */
  public static CommandException told(NodeException e) {
    return new CommandException(
        e.getMessage()
            + (e.isRefusal()
                ? ""
                : "; 'bc chain devnet' starts a chain on this machine, 'bc chain use URL' takes"
                    + " another"));
  }

  @Override
  public void close() {
    claims.node().close();
  }
}
