package org.buildchain.store.path;

import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;

/**
 * What makes a store object content-addressed: the way its bytes were taken and their digest.
 * Printed {@code text:sha256:…}, {@code fixed:sha256:…} or {@code fixed:r:sha256:…}. Source: Nix
 * manual, "Content address".
 */
public record ContentAddress(IngestionMethod method, Hash hash) {
  /** Reads the printed form. */
  public static ContentAddress parse(String text) {
    if (text.startsWith("text:")) {
      return new ContentAddress(
          IngestionMethod.TEXT, Hash.parse(text.substring(5), Optional.empty()));
    }
    if (text.startsWith("fixed:r:")) {
      return new ContentAddress(
          IngestionMethod.NAR, Hash.parse(text.substring(8), Optional.empty()));
    }
    if (text.startsWith("fixed:")) {
      return new ContentAddress(
          IngestionMethod.FLAT, Hash.parse(text.substring(6), Optional.empty()));
    }
    throw new FormatException(
        "content address '" + text + "'", "expected 'text:', 'fixed:' or 'fixed:r:'");
  }

  @Override
  public String toString() {
    return (method == IngestionMethod.TEXT ? "" : "fixed:") + method.prefix() + hash;
  }
}
