package org.buildchain.derivation;

import java.util.List;
import java.util.Optional;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** What a derivation says of one of its outputs. Source: Nix manual, "Derivation", outputs. */
public sealed interface DerivationOutput {
  /** The path follows from the derivation. */
  record InputAddressed(StorePath path) implements DerivationOutput {}

  /** The content is known beforehand, and the path follows from it. */
  record Fixed(ContentAddress address) implements DerivationOutput {}

  /** The path follows from the content, once that is built. */
  record Floating(IngestionMethod method, HashAlgorithm algorithm) implements DerivationOutput {}

  /** Input-addressed, but the path is not known until a floating input is built. */
  record Deferred() implements DerivationOutput {}

  /** Built anew each time, with access to the network; content-addressed. */
  record Impure(IngestionMethod method, HashAlgorithm algorithm) implements DerivationOutput {}

  /** The output's path, where it is known before the build. */
  default Optional<StorePath> path(StoreDir dir, String drvName, String outputName) {
    return switch (this) {
      case InputAddressed i -> Optional.of(i.path());
      case Fixed f ->
          Optional.of(
              dir.makeContentAddressed(
                  StoreDir.outputPathName(drvName, outputName), f.address(), List.of(), false));
      case Floating _, Deferred _, Impure _ -> Optional.empty();
    };
  }
}
