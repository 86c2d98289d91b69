package org.buildchain.substituter.worker.wire;

import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** Store paths as Nix reads them, its words for wrong ones included. */
final class StorePaths {
  private StorePaths() {}

  static StorePath parse(StoreDir dir, String text) {
    if (!text.startsWith(dir + "/") || text.indexOf('/', dir.path().length() + 1) >= 0) {
      throw new FormatException("path '" + text + "' is not in the Nix store");
    }
    return dir.parse(text);
  }
}
