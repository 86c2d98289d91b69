package org.buildchain.daemon.command.store;

import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;

/** Copies files and folders into the store. */
@Command(
    name = "add",
    description = "Copies files and folders into the store and prints their paths.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store add ./src                  as Nix's 'nix-store --add'",
      "  bc store add --mode flat a.tar.gz   by the file's own hash, as fetchurl",
      "  bc store add --json ./a ./b         with CID and NAR hash"
    })
final class StoreAddCommand extends BcCommand {
  /** How the hash is taken. */
  private enum Mode {
    nar,
    flat
  }

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "What to copy.")
  private List<String> paths;

  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "The name in the store; default: the file's own.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "nar (the default) or flat: the hash of the archive or of the file.")
  private Mode mode = Mode.nar;

  @Option(
      names = "--hash-algo",
      paramLabel = "NAME",
      description = "md5, sha1, sha256 (the default) or sha512.")
  private String algorithm = "sha256";

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    HashAlgorithm hash =
        HashAlgorithm.parse(algorithm)
            .orElseThrow(() -> new CommandException("unknown hash algorithm '" + algorithm + "'"));
    IngestionMethod method = mode == Mode.nar ? IngestionMethod.NAR : IngestionMethod.FLAT;
    ArrayNode array = new ObjectMapper().createArrayNode();
    var store = context.services().store();
    for (String given : paths) {
      String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
      StorePath added =
          store.addTree(name.orElse(CanonicalPath.baseName(path)), DiskTree.of(path), method, hash);
      if (json) {
        store.query(added).ifPresent(i -> PathInfoJson.write(array.addObject(), store, i));
      } else {
        context.messages().println(store.dir().print(added));
      }
    }
    if (json) {
      context.messages().println(array.toString());
    }
    return 0;
  }
}
