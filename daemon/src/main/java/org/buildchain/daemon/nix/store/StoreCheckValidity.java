package org.buildchain.daemon.nix.store;

import java.io.IOException;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-store --check-validity}. Source: Nix manual, "nix-store". */
@Command(
    name = "nix-store --check-validity",
    description = "Says by its exit status whether store paths are valid.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --check-validity ./result && echo it is")
final class StoreCheckValidity extends StoreOperation {
  @Option(names = "--print-invalid", description = "Print those that are not, and succeed.")
  private boolean printInvalid;

  @Override
  protected int run() throws IOException {
    for (String given : arguments()) {
      String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
      // A path in the store folder need not be valid to be spoken of.
      StorePath object = store().dir().containing(path).orElse(null);
      if (object == null) {
        object(given);
      } else if (!store().isValid(object)) {
        if (!printInvalid) {
          throw new CommandException("path '" + print(object) + "' is not valid");
        }
        println(print(object));
      }
    }
    return 0;
  }
}
