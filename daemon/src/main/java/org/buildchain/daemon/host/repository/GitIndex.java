package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The index of a working folder. */
public final class GitIndex {
  private GitIndex() {}

  /**
   * Has git track new files, as far as to know of them; nothing where the folder is no repository's
   * top.
   *
   * @param environment the caller's
   * @param cancelled whether the caller has gone away, which ends git
   * @throws IOException with git's own message
   */
  public static void add(
      Path folder, Map<String, String> environment, BooleanSupplier cancelled, List<String> files)
      throws IOException {
    if (files.isEmpty() || !Files.exists(folder.resolve(".git"))) {
      return;
    }
    new Git(folder, environment, cancelled)
        .withoutFilters()
        .text(
            Stream.concat(Stream.of("add", "--intent-to-add", "--force", "--"), files.stream())
                .toArray(String[]::new));
  }
}
