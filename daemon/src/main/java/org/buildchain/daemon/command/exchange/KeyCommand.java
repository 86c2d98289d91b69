package org.buildchain.daemon.command.exchange;

import org.buildchain.daemon.command.BcCommand;
import org.buildchain.store.format.Octets;
import org.buildchain.substituter.signature.SecretKey;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes keys that sign store paths. */
@Command(
    name = "key",
    description = "Makes keys that sign store paths, in Nix's format.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  (umask 077; bc key generate --name cache.example-1 > secret.key)",
      "  bc key convert-secret < secret.key > public.key"
    })
public final class KeyCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** The command with those below it. */
  public static CommandLine line() {
    return new CommandLine(new KeyCommand())
        .addSubcommand("generate", new Generate())
        .addSubcommand("convert-secret", new ConvertSecret());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }

  /** Prints a new secret key. */
  @Command(
      name = "generate",
      description = "Prints a new secret key. Write it to a file that nobody else can read.",
      footerHeading = "%nExamples:%n",
      footer = "  (umask 077; bc key generate --name cache.example-1 > secret.key)")
  static final class Generate extends BcCommand {
    @Option(
        names = {"--name", "--key-name"},
        required = true,
        paramLabel = "NAME",
        description = "What clients know the key by; usually a host name, '-' and a number.")
    private String name;

    @Override
    public Integer call() {
      context.messages().print(SecretKey.generate(name).secret());
      return 0;
    }
  }

  /** Prints the public half of a secret key. */
  @Command(
      name = "convert-secret",
      description = "Reads a secret key from standard input and prints its public half.",
      footerHeading = "%nExamples:%n",
      footer = "  bc key convert-secret < secret.key > public.key")
  static final class ConvertSecret extends BcCommand {
    private static final int MAX_BYTES = 4096;

    @Override
    public Integer call() throws Exception {
      byte[] text = context.caller().in().readNBytes(MAX_BYTES);
      context.messages().print(SecretKey.parse(Octets.of(text)).publicKey().toString());
      return 0;
    }
  }
}
