package org.buildchain.derivation.site;

import java.io.IOException;
import java.nio.file.Path;

/** Fetches files for {@code builtin:fetchurl}. */
@FunctionalInterface
public interface UrlFetcher {
  /**
   * Writes what stands at {@code url} to the new file {@code target}.
   *
   * @throws IOException saying the URL and what went wrong
   */
  void fetch(String url, Path target) throws IOException, InterruptedException;
}
