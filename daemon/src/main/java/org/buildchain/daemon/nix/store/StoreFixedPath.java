package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.nix.hash.NixHash;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-store --print-fixed-path}. Source: {@code opPrintFixedPath} in nix-store.cc. */
@Command(
    name = "nix-store --print-fixed-path",
    description = "Prints the path that content with a digest has: ALGORITHM DIGEST NAME.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --print-fixed-path sha256 0ssi1wpaf7... hello-2.12.tar.gz")
final class StoreFixedPath extends StoreOperation {
  @Option(names = "--recursive", description = "The digest is of the NAR, not of the file.")
  private boolean recursive;

  @Override
  protected int run() throws IOException {
    List<String> given = arguments();
    if (given.size() != 3) {
      throw usage("'--print-fixed-path' requires three arguments");
    }
    Hash hash = Hash.parse(given.get(1), Optional.of(NixHash.algorithm(given.get(0))));
    IngestionMethod method = recursive ? IngestionMethod.NAR : IngestionMethod.FLAT;
    ContentAddress address = new ContentAddress(method, hash);
    println(print(store().dir().makeContentAddressed(given.get(2), address, List.of(), false)));
    return 0;
  }
}
