package org.buildchain.daemon.nix.hash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Digests. Source: Nix 2.26 manual, {@code nix hash}. */
@Command(
    name = "hash",
    description = "Prints digests of files and folders, and converts them.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc hash path ./src                 of its NAR",
      "  bc hash file x.tar.gz              of the file itself",
      "  bc hash convert --to nix32 sha256-..."
    })
public final class HashCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** The command with those below it. */
  public static CommandLine line() {
    return new CommandLine(new HashCommand())
        .addSubcommand("path", new Digest(false))
        .addSubcommand("file", new Digest(true))
        .addSubcommand("convert", new Convert());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }

  private static Hash.Format format(String name, CommandContext context) {
    return switch (name) {
      case "base16" -> Hash.Format.BASE16;
      case "nix32" -> Hash.Format.NIX32;
      case "base32" -> {
        context.messages().warning("\"base32\" is a deprecated alias for hash format \"nix32\".");
        yield Hash.Format.NIX32;
      }
      case "base64" -> Hash.Format.BASE64;
      case "sri" -> Hash.Format.SRI;
      default ->
          throw new CommandException(
              "unknown hash format '" + name + "', expect 'base16', 'base32', 'base64', or 'sri'");
    };
  }

  /** Of files, or of archives of paths. */
  @Command(
      description = "Prints the digest of files, or of paths as archives.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc hash path ./src                        SHA-256 of its NAR",
        "  bc hash path --algo sha512 --format nix32 ./src",
        "  bc hash file --base16 x.tar.gz            of the file itself"
      })
  static final class Digest extends BcCommand {
    private final boolean file;

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Files and folders.")
    private List<String> paths = new ArrayList<>();

    @Option(
        names = {"--algo", "--type"},
        paramLabel = "NAME",
        description = "md5, sha1, sha256 (the default) or sha512.")
    private String algorithm = "sha256";

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        description = "base16, nix32, base64 or sri (the default).")
    private String format = "sri";

    @Option(
        names = "--mode",
        paramLabel = "MODE",
        description = "nar or flat: of the archive or of the file.")
    private Optional<String> mode = Optional.empty();

    @Option(names = "--sri", description = "Short for --format sri.")
    private boolean sri;

    @Option(names = "--base16", description = "Short for --format base16.")
    private boolean base16;

    @Option(names = "--base32", description = "Short for --format nix32.")
    private boolean base32;

    @Option(names = "--base64", description = "Short for --format base64.")
    private boolean base64;

    Digest(boolean file) {
      this.file = file;
    }

    @Override
    public Integer call() throws IOException {
      HashAlgorithm chosen = NixHash.algorithm(algorithm);
      Hash.Format form = form();
      for (String given : paths) {
        String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
        Hash hash = new Hash(chosen, NixHash.digest(path, isFlat(), chosen));
        context.messages().println(hash.encode(form));
      }
      return 0;
    }

    private boolean isFlat() {
      String wanted = mode.orElse(file ? "flat" : "nar");
      return switch (wanted) {
        case "flat" -> true;
        case "nar" -> false;
        default -> throw new CommandException("unknown mode '" + wanted + "'; 'nar' or 'flat'");
      };
    }

    private Hash.Format form() {
      if (sri) {
        return Hash.Format.SRI;
      }
      if (base16) {
        return Hash.Format.BASE16;
      }
      if (base64) {
        return Hash.Format.BASE64;
      }
      return base32 ? Hash.Format.NIX32 : format(format, context);
    }
  }

  /** From one form to another. */
  @Command(
      name = "convert",
      description = "Converts digests from one form to another.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc hash convert --to nix32 sha256-...",
        "  bc hash convert --hash-algo sha1 DIGEST        to sha1-..., from any form"
      })
  static final class Convert extends BcCommand {
    @Parameters(arity = "0..*", paramLabel = "DIGEST", description = "In any form.")
    private List<String> digests = new ArrayList<>();

    @Option(
        names = "--hash-algo",
        paramLabel = "NAME",
        description = "Whose digest it is, where it does not say.")
    private Optional<String> algorithm = Optional.empty();

    @Option(names = "--from", paramLabel = "FORMAT", description = "The form that it must have.")
    private Optional<String> from = Optional.empty();

    @Option(
        names = "--to",
        paramLabel = "FORMAT",
        description = "base16, nix32, base64 or sri (the default).")
    private String to = "sri";

    @Override
    public Integer call() {
      Optional<HashAlgorithm> chosen = algorithm.map(NixHash::algorithm);
      Optional<Hash.Format> before = from.map(f -> format(f, context));
      Hash.Format after = format(to, context);
      for (String text : digests) {
        Hash hash = Hash.parse(text, chosen);
        before.ifPresent(form -> check(text, hash, form));
        context.messages().println(hash.encode(after));
      }
      return 0;
    }

    private void check(String text, Hash hash, Hash.Format form) {
      String expected = hash.encode(form);
      String given = form == Hash.Format.BASE16 ? text.toLowerCase(Locale.ROOT) : text;
      if (!expected.equals(given)) {
        throw new FormatException(
            "input hash '"
                + text
                + "' does not have the expected format for '--from "
                + from.orElse("")
                + "'");
      }
    }
  }
}
