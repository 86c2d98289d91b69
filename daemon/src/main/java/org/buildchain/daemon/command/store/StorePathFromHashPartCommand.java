package org.buildchain.daemon.command.store;

import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Finds a path. Source: Nix 2.26 manual, {@code nix store path-from-hash-part}. */
@Command(
    name = "path-from-hash-part",
    description = "Prints the store path that begins with a hash.",
    footerHeading = "%nExample:%n",
    footer = "  bc store path-from-hash-part 0i2jd68mp5g6h2sa5k9c85rb80sn8hi9")
final class StorePathFromHashPartCommand extends BcCommand {
  private static final int LENGTH = 32;

  @Parameters(paramLabel = "HASH", description = "The 32 characters before the name.")
  private String hash;

  @Override
  public Integer call() {
    if (hash.length() != LENGTH) {
      throw new CommandException("invalid hash part");
    }
    StorePath path =
        context
            .services()
            .store()
            .byHashPart(hash)
            .orElseThrow(
                () ->
                    new CommandException("there is no store path corresponding to '" + hash + "'"));
    context.messages().println(context.services().store().dir().print(path));
    return 0;
  }
}
