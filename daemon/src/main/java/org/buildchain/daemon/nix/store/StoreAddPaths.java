package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.List;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.tree.DiskTree;
import picocli.CommandLine.Command;

/** {@code nix-store --add}. Source: Nix manual, "nix-store --add". */
@Command(
    name = "nix-store --add",
    description = "Copies files and folders into the store and prints their paths.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --add ./src")
class StoreAddPaths extends StoreOperation {
  @Override
  protected int run() throws IOException {
    add(arguments(), IngestionMethod.NAR, HashAlgorithm.SHA256);
    return 0;
  }

  /** Copies each and prints its path. */
  final void add(List<String> paths, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    for (String given : paths) {
      String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
      println(
          print(
              store().addTree(CanonicalPath.baseName(path), DiskTree.of(path), method, algorithm)));
    }
  }
}
