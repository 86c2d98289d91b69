package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.store.PathInfo;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;

/** {@code nix-store --read-log}. Source: Nix manual, "nix-store --read-log". */
@Command(
    name = "nix-store --read-log",
    description = "Prints what the builders of store paths printed.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store -l ./result")
final class StoreReadLog extends StoreOperation {
  @Override
  protected int run() throws IOException {
    for (String given : arguments()) {
      StorePath path = object(given);
      Optional<StorePath> drvPath =
          path.isDerivation() ? Optional.of(path) : store().query(path).flatMap(PathInfo::deriver);
      Optional<InputStream> log =
          drvPath.isPresent() ? context.services().logs().open(drvPath.get()) : Optional.empty();
      if (log.isEmpty()) {
        throw new CommandException(
            "build log of derivation '" + print(path) + "' is not available");
      }
      try (InputStream in = log.get()) {
        in.transferTo(context.caller().out());
      }
    }
    return 0;
  }
}
