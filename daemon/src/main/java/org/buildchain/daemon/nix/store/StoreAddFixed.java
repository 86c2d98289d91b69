package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.List;
import org.buildchain.daemon.nix.hash.NixHash;
import org.buildchain.store.path.IngestionMethod;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-store --add-fixed}. Source: Nix manual, "nix-store --add-fixed". */
@Command(
    name = "nix-store --add-fixed",
    description = "Copies files to where a fixed-output derivation would put them.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --add-fixed sha256 ./hello-2.12.tar.gz")
final class StoreAddFixed extends StoreAddPaths {
  @Option(names = "--recursive", description = "By the digest of the NAR, not of the file.")
  private boolean recursive;

  @Override
  protected int run() throws IOException {
    List<String> given = arguments();
    if (given.isEmpty()) {
      throw usage("first argument must be hash algorithm");
    }
    add(
        given.subList(1, given.size()),
        recursive ? IngestionMethod.NAR : IngestionMethod.FLAT,
        NixHash.algorithm(given.getFirst()));
    return 0;
  }
}
