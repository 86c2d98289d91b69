package org.buildchain.daemon.nix;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.buildchain.daemon.nix.program.Collecting;
import org.buildchain.daemon.nix.program.NixCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-collect-garbage}. Source: Nix manual, "nix-collect-garbage". */
@Command(
    name = "nix-collect-garbage",
    description = "Removes what nothing keeps alive; 'bc store gc' can do more.",
    footerHeading = "%nExample:%n",
    footer = "  nix-collect-garbage --max-freed 10000000000")
final class NixCollectGarbage extends NixCommand {
  @Option(
      names = {"-d", "--delete-old"},
      description = "Taken: there are no generations of profiles to delete.")
  boolean deleteOld;

  @Option(
      names = "--delete-older-than",
      paramLabel = "TIME",
      description = "Taken, for the same reason.")
  Optional<String> deleteOlderThan = Optional.empty();

  @Option(
      names = "--dry-run",
      description = "Do nothing, as with Nix; see 'bc store gc --dry-run'.")
  private boolean dryRun;

  @Option(
      names = "--max-freed",
      paramLabel = "BYTES",
      description = "Stop when this much was freed.")
  private Optional<Long> maxFreed = Optional.empty();

  @Override
  protected int run() throws IOException {
    if (!dryRun) {
      new Collecting(context).all(maxFreed.map(OptionalLong::of).orElseGet(OptionalLong::empty));
    }
    return 0;
  }
}
