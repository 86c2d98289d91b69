package org.buildchain.daemon.chain.network;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.wallet.Key;
import org.buildchain.chain.wallet.Keystore;
import org.buildchain.chain.wallet.Wallets;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;

/** Keys that sign for accounts of a chain. */
@Command(
    name = "wallet",
    description =
        "Keeps the keys that sign for accounts of a chain: encrypted files, as Ethereum's wallets"
            + " have them.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc wallet new",
      "  bc wallet import UTC--2026-11-21T12-00-00.000000000Z--9d8a...",
      "  bc wallet list",
      "  bc wallet balance"
    })
public final class WalletCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** Its command line, ready to parse. */
  public static CommandLine line() {
    return new CommandLine(new WalletCommand())
        .addSubcommand("new", new New())
        .addSubcommand("import", new Import())
        .addSubcommand("list", new ListAll())
        .addSubcommand("balance", new Balance());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }

  /** Makes a wallet. */
  @Command(
      name = "new",
      description = "Makes a key, keeps it encrypted by a password, and prints its address.",
      footerHeading = "%nExamples:%n",
      footer = {"  bc wallet new", "  bc wallet new --password-file password"})
  static final class New extends BcCommand {
    @Mixin private PasswordOptions password;

    @Option(
        names = "--light",
        description = "Make guesses of the password cheap (as geth's --lightkdf): for tests.")
    private boolean light;

    @Override
    public Integer call() throws Exception {
      byte[] typed = password.read(context, "Password of the new wallet: ");
      if (typed.length == 0) {
        throw new CommandException("a wallet needs a password");
      }
      if (context.caller().invocation().stdinIsTerminal()
          && !Arrays.equals(typed, password.read(context, "Once more: "))) {
        throw new CommandException("the passwords are not the same");
      }
      SecureRandom random = new SecureRandom();
      Key key = Key.random(random);
      Keystore.Strength strength = light ? Keystore.Strength.LIGHT : Keystore.Strength.STANDARD;
      ChainInUse.wallets(context)
          .add(key.address(), Keystore.encrypt(key, typed, strength, random));
      context.messages().println(key.address().toString());
      return 0;
    }
  }

  /** Takes a key from elsewhere. */
  @Command(
      name = "import",
      description = {
        "Takes a key from elsewhere and prints its address.",
        "",
        "FILE is encrypted as Ethereum's wallets have it; '-' reads a bare key, 64 hexadecimal"
            + " digits, from standard input, which is kept encrypted."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc wallet import keystore/UTC--2026-11-21T12-00-00.000000000Z--9d8a...",
        "  bc wallet import - --password-file password < bare-key"
      })
  static final class Import extends BcCommand {
    private static final int MAX_BARE = 256;

    @Parameters(paramLabel = "FILE", description = "An encrypted key, or '-'.")
    private String file;

    @Mixin private PasswordOptions password;

    @Option(names = "--light", description = "Make guesses of the password cheap: for tests.")
    private boolean light;

    @Override
    public Integer call() throws Exception {
      Wallets wallets = ChainInUse.wallets(context);
      Key key;
      if (file.equals("-")) {
        String bare = Octets.of(context.caller().in().readNBytes(MAX_BARE)).strip();
        key = Key.of(Hex.data(bare.startsWith("0x") ? bare : "0x" + bare));
        byte[] typed = password.read(context, "Password of the new wallet: ");
        Keystore.Strength strength = light ? Keystore.Strength.LIGHT : Keystore.Strength.STANDARD;
        wallets.add(key.address(), Keystore.encrypt(key, typed, strength, new SecureRandom()));
      } else {
        String path = CanonicalPath.absolute(file, context.caller().invocation().cwd());
        String text = read(Path.of(Octets.toText(path)));
        key = Keystore.decrypt(text, password.read(context, "Password of the file: "));
        wallets.add(key.address(), text);
      }
      context.messages().println(key.address().toString());
      return 0;
    }

    private static String read(Path path) {
      try {
        return Wallets.read(path);
      } catch (IOException e) {
        throw new CommandException("cannot read '" + path + "': " + IoErrors.reason(e));
      }
    }
  }

  /** Lists wallets. */
  @Command(
      name = "list",
      description = "Prints the addresses of all wallets.",
      footerHeading = "%nExamples:%n",
      footer = "  bc wallet list")
  static final class ListAll extends BcCommand {
    @Override
    public Integer call() throws Exception {
      ChainInUse.wallets(context)
          .list()
          .keySet()
          .forEach(a -> context.messages().println(a.toString()));
      return 0;
    }
  }

  /** Says what wallets hold. */
  @Command(
      name = "balance",
      description = "Says what accounts hold on the chain in use, free and staked.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc wallet balance",
        "  bc wallet balance --json",
        "  bc wallet balance 0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
      })
  static final class Balance extends BcCommand {
    @Parameters(
        paramLabel = "ADDRESS",
        arity = "0..*",
        description = "The accounts. Default: all wallets.")
    private List<String> accounts = new ArrayList<>();

    @Option(names = "--json", description = "Print an array of objects.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      try (ChainInUse chain = ChainInUse.open(context)) {
        List<Address> all =
            accounts.isEmpty()
                ? List.copyOf(ChainInUse.wallets(context).list().keySet())
                : accounts.stream().map(Address::parse).toList();
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (Address account : all) {
          Held held = held(chain, account);
          if (json) {
            array
                .addObject()
                .put("account", account.toString())
                .put("eth", ChainInUse.digits(held.eth()))
                .put("bct", ChainInUse.digits(held.bct()))
                .put("forClaims", ChainInUse.digits(held.forClaims()))
                .put("staked", ChainInUse.digits(held.staked()));
          } else {
            context.messages().println(account + "  " + held.words());
          }
        }
        if (json) {
          context.messages().println(array.toString());
        }
      } catch (NodeException e) {
        throw ChainInUse.told(e);
      }
      return 0;
    }

    private static Held held(ChainInUse chain, Address account) {
      return new Held(
          chain.node().balance(account),
          chain.node().call(chain.network().token(), TokenAbi.balanceOf(account)).number(0),
          chain.claims().call(ClaimsAbi.accountOf(account)).number(0),
          chain
              .node()
              .call(chain.network().registry(), ValidatorRegistryAbi.stakeOf(account))
              .number(0));
    }
  }

  /** What an account has, in the smallest units. */
  private record Held(BigInteger eth, BigInteger bct, BigInteger forClaims, BigInteger staked) {
    String words() {
      return ChainInUse.amount(eth, "ETH")
          + "  "
          + ChainInUse.amount(bct, "BCT")
          + ", for claims "
          + ChainInUse.amount(forClaims, "BCT")
          + ", staked "
          + ChainInUse.amount(staked, "BCT");
    }
  }
}
