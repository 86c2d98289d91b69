package org.buildchain.daemon.chain.network;

import java.io.IOException;
import org.buildchain.chain.wallet.Key;
import org.buildchain.chain.wallet.Keystore;
import org.buildchain.daemon.command.CommandContext;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which wallet signs, and where its password comes from. */
public final class WalletOptions {
  @Option(
      names = "--wallet",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description = "The wallet, by its address or the beginning of it. Default: the only one.")
  private String wallet;

  @Mixin private PasswordOptions password;

  /** The key, decrypted. */
  public Key key(CommandContext context) throws IOException {
    String file = ChainInUse.wallets(context).file(wallet);
    return Keystore.decrypt(file, password.read(context, "Password: "));
  }
}
