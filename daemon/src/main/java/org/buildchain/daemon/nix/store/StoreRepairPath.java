package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;

/**
 * {@code nix-store --repair-path}. Source: Nix manual, "nix-store --repair-path". What is whole
 * stays as it is.
 */
@Command(
    name = "nix-store --repair-path",
    description = "Fetches store paths that are damaged again, or builds them.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --repair-path $(nix-store -qR ./result)")
final class StoreRepairPath extends StoreOperation {
  @Override
  protected int run() throws IOException, InterruptedException {
    SortedSet<StorePath> paths = new TreeSet<>();
    for (String given : arguments()) {
      StorePath path = object(given);
      info(path);
      paths.add(path);
    }
    SortedSet<StorePath> damaged = new TreeSet<>();
    store().verify(paths, (path, problem) -> damaged.add(path));
    return damaged.isEmpty() || Mending.of(context, chosen()).mend(damaged).isEmpty() ? 0 : 1;
  }
}
