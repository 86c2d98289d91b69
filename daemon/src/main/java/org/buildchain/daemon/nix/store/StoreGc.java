package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.nix.program.Collecting;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-store --gc}. Source: Nix manual, "nix-store --gc". */
@Command(
    name = "nix-store --gc",
    description = "Removes what nothing keeps alive; 'bc store gc' can do more.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --gc --print-dead      only say what would go")
final class StoreGc extends StoreOperation {
  @Option(names = "--print-dead", description = "Print what would be removed.")
  private boolean printDead;

  @Option(names = "--print-live", description = "Print what would be left.")
  private boolean printLive;

  @Option(names = "--print-roots", description = "Print what keeps paths alive, and which.")
  private boolean printRoots;

  @Option(
      names = "--max-freed",
      paramLabel = "BYTES",
      description = "Stop when this much was freed.")
  private Optional<Long> maxFreed = Optional.empty();

  @Override
  protected int run() throws IOException {
    noArguments();
    Collecting collecting = new Collecting(context);
    if (printRoots) {
      new TreeMap<>(context.services().roots().links())
          .forEach((link, path) -> println(Octets.fromText(link + " -> ") + print(path)));
    } else if (printDead) {
      new TreeSet<>(collecting.dead().paths()).forEach(p -> println(print(p)));
    } else if (printLive) {
      SortedSet<StorePath> live = new TreeSet<>(store().allPaths());
      live.removeAll(collecting.dead().paths());
      live.forEach(p -> println(print(p)));
    } else {
      collecting.all(maxFreed.map(OptionalLong::of).orElseGet(OptionalLong::empty));
    }
    return 0;
  }
}
