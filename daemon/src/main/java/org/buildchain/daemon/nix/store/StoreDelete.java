package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.nix.program.Collecting;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;

/** {@code nix-store --delete}. Source: Nix manual, "nix-store --delete". */
@Command(
    name = "nix-store --delete",
    description = "Removes store paths, if nothing keeps them alive.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --delete /nix/store/...-hello-2.12")
final class StoreDelete extends StoreOperation {
  @Override
  protected int run() throws IOException {
    SortedSet<StorePath> paths = new TreeSet<>();
    for (String given : arguments()) {
      paths.add(object(given));
    }
    paths.removeAll(new Collecting(context).only(paths).paths());
    if (!paths.isEmpty()) {
      throw new CommandException(
          "Cannot delete path '" + print(paths.first()) + "' since it is still alive");
    }
    return 0;
  }
}
