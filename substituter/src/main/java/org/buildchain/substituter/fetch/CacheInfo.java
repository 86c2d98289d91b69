package org.buildchain.substituter.fetch;

import java.util.Optional;
import org.buildchain.store.format.Octets;

/**
 * What {@code nix-cache-info} says. Source: {@code src/libstore/binary-cache-store.cc}.
 *
 * @param priority the lowest is asked first; 0 where it says nothing
 */
record CacheInfo(Optional<String> storeDir, int priority) {
  private static final int DEFAULT_PRIORITY = 0;

  /** Reads it; lines of other forms are passed over. */
  static CacheInfo read(byte[] bytes) {
    Optional<String> storeDir = Optional.empty();
    int priority = DEFAULT_PRIORITY;
    for (String line : Octets.of(bytes).split("\n", -1)) {
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).strip();
      switch (colon < 0 ? "" : line.substring(0, colon)) {
        case "StoreDir" -> storeDir = Optional.of(value);
        case "Priority" -> {
          if (value.matches("-?[0-9]{1,9}")) {
            priority = Integer.parseInt(value);
          }
        }
        default -> {
          // Of no interest here.
        }
      }
    }
    return new CacheInfo(storeDir, priority);
  }
}
