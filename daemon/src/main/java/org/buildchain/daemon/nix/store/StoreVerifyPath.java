package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.Optional;
import org.buildchain.store.PathInfo;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;

/** {@code nix-store --verify-path}. Source: Nix manual, "nix-store --verify-path". */
@Command(
    name = "nix-store --verify-path",
    description = "Compares what store paths hold with the digests of their NARs.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --verify-path $(nix-store -qR ./result)")
final class StoreVerifyPath extends StoreOperation {
  @Override
  protected int run() throws IOException {
    int status = 0;
    for (String given : arguments()) {
      StorePath path = object(given);
      PathInfo info = info(path);
      Hash now =
          store()
              .contentHash(
                  store().open(path),
                  IngestionMethod.NAR,
                  info.narHash().algorithm(),
                  Optional.empty());
      if (!now.equals(info.narHash())) {
        context
            .messages()
            .note(
                "path '"
                    + print(path)
                    + "' was modified! expected hash '"
                    + info.narHash()
                    + "', got '"
                    + now
                    + "'");
        status = 1;
      }
    }
    return status;
  }
}
