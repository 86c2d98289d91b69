package org.buildchain.substituter.serve;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * Which path each uploaded file has become. Nix's client remembers the narinfo that it has sent for
 * {@code narinfo-cache-positive-ttl}, 30 days: when it wants the path back it asks for the file
 * that it named there. A symbolic link for each: the name of the file, to that of the path.
 * Thread-safe.
 */
final class UsedFiles {
  private static final Duration KEPT = Duration.ofDays(31);

  private final Path folder;
  private Instant swept = Instant.EPOCH;

  /**
   * @param folder belongs to these links
   */
  UsedFiles(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    sweep();
  }

  /** Notes what a file has become last. */
  synchronized void add(String name, StorePath path) throws IOException {
    Path link = folder.resolve(name);
    Files.deleteIfExists(link);
    try {
      Files.createSymbolicLink(link, Path.of(path.toString()));
    } catch (FileAlreadyExistsException e) {
      // Another server of this store was first.
    }
    sweep();
  }

  /** What a file has become, whether it is still here or not. */
  Optional<StorePath> path(String name) throws IOException {
    try {
      return Optional.of(StorePath.parse(Files.readSymbolicLink(folder.resolve(name)).toString()));
    } catch (NoSuchFileException | NotLinkException | FormatException e) {
      return Optional.empty();
    }
  }

  /** Removes what no client remembers any more. */
  private synchronized void sweep() throws IOException {
    Instant now = Instant.now();
    if (now.isBefore(swept.plus(Duration.ofDays(1)))) {
      return;
    }
    swept = now;
    try (DirectoryStream<Path> links = Files.newDirectoryStream(folder)) {
      for (Path link : links) {
        try {
          Instant made = Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS).toInstant();
          if (made.isBefore(now.minus(KEPT))) {
            Files.delete(link);
          }
        } catch (NoSuchFileException e) {
          // Another server of this store was first.
        }
      }
    }
  }
}
