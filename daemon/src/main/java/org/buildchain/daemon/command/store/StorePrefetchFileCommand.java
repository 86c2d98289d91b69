package org.buildchain.daemon.command.store;

import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Downloads a file. Source: Nix 2.26 manual, {@code nix store prefetch-file}. */
@Command(
    name = "prefetch-file",
    description = "Downloads a file into the store and says its hash.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store prefetch-file --json https://example.org/hello-2.12.tar.gz",
      "  bc store prefetch-file --unpack https://example.org/x.tar.gz",
      "  bc store prefetch-file --expected-hash sha256-... URL"
    })
final class StorePrefetchFileCommand extends BcCommand {
  @Parameters(paramLabel = "URL", description = "What to download.")
  private String url;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name in the store; default: the last part of the URL.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = {"--hash-type", "--hash-algo"},
      paramLabel = "NAME",
      description = "md5, sha1, sha256 (the default) or sha512.")
  private String algorithm = "sha256";

  @Option(
      names = "--expected-hash",
      paramLabel = "HASH",
      description = "What it must have, in any form.")
  private Optional<String> expected = Optional.empty();

  @Option(
      names = "--executable",
      description = "Make it a program; the hash is that of the archive then.")
  private boolean executable;

  @Option(names = "--unpack", description = "Store what the archive holds, not itself.")
  private boolean unpack;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Mixin private SettingOptions settings;

  @Override
  public Integer call() throws Exception {
    HashAlgorithm chosen =
        HashAlgorithm.parse(algorithm)
            .orElseThrow(() -> new CommandException("unknown hash algorithm '" + algorithm + "'"));
    Prefetch fetched =
        Prefetch.of(
            context,
            context.settings(settings),
            url,
            new Prefetch.Form(name.orElseGet(() -> Prefetch.nameOf(url)), unpack, executable),
            chosen,
            expected.map(e -> Hash.parse(e, Optional.of(chosen))));
    String path = context.services().store().dir().print(fetched.path());
    String hash = fetched.hash().encode(Hash.Format.SRI);
    if (json) {
      ObjectNode object = new ObjectMapper().createObjectNode();
      object.put("hash", hash).put("storePath", Octets.toText(path));
      context.messages().println(Octets.fromText(object.toString()));
    } else {
      context.messages().note("Downloaded '" + url + "' to '" + path + "' (hash '" + hash + "').");
    }
    return 0;
  }
}
