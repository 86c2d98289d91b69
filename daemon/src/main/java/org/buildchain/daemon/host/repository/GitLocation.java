package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.buildchain.store.format.Octets;

/**
 * Where a repository is.
 *
 * @param folder its working folder, if it is one of this machine that is not bare
 * @param url what git is given otherwise
 */
public record GitLocation(Optional<Path> folder, String url) {
  /**
   * Where the repository of a URL, an octet string, is. One that names a host is never a folder.
   *
   * @throws IOException if a {@code file:} URL is not valid, or its path not absolute
   */
  public static GitLocation of(String url) throws IOException {
    if (!url.startsWith("file:")) {
      return new GitLocation(Optional.empty(), url);
    }
    String path;
    try {
      URI uri = URI.create(Octets.toText(url));
      if (uri.getRawAuthority() != null) {
        // Git takes it for a host's name, and asks nobody whose it is.
        return new GitLocation(Optional.empty(), url);
      }
      path = uri.getPath();
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + url + "' is not a valid URL", e);
    }
    if (path == null || !path.startsWith("/")) {
      throw new IOException("'" + url + "' does not name an absolute path");
    }
    Path folder = Path.of(path);
    // What follows a question mark git would take for a part of the name.
    String plain = "file://" + Octets.fromText(path);
    return Files.exists(folder.resolve(".git"))
        ? new GitLocation(Optional.of(folder), plain)
        : new GitLocation(Optional.empty(), plain);
  }
}
