package org.buildchain.daemon.nix.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import org.buildchain.store.nar.NarReader;
import picocli.CommandLine.Command;

/** {@code nix-store --restore}. Source: Nix manual, "nix-store --restore". */
@Command(
    name = "nix-store --restore",
    description = "Writes what a NAR on standard input holds to a path where nothing stands yet.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --restore ./copy < src.nar")
final class StoreRestore extends StoreOperation {
  @Override
  protected int run() throws IOException {
    List<String> given = arguments();
    if (given.size() != 1) {
      throw usage("only one argument allowed");
    }
    String path = CanonicalPath.absolute(given.getFirst(), context.caller().invocation().cwd());
    NarReader.read(
        "NAR in standard input",
        new BufferedInputStream(context.caller().in(), 1 << 16),
        new RestoredFiles(Path.of(Octets.toText(path))));
    return 0;
  }
}
