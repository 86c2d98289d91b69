package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A cache in a folder, as {@code nix copy --to file://…} writes it.
 *
 * @param url what users call it
 */
record FolderCache(String url, Path folder) implements BinaryCache {
  @Override
  public Optional<InputStream> open(String name) throws IOException {
    // Whoever wrote the narinfo chose the name.
    Path file = folder.resolve(name).normalize();
    if (!file.startsWith(folder.normalize())) {
      throw new IOException("'" + name + "' is outside of the cache");
    }
    try {
      return Optional.of(Files.newInputStream(file));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }
}
