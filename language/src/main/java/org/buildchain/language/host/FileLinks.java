package org.buildchain.language.host;

import java.io.IOException;
import java.util.Optional;
import org.buildchain.language.EvalHost;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.syntax.Paths;

/** Follows symbolic links by way of the host. */
public final class FileLinks {
  private static final int MAX_LINKS = 1024;

  private final EvalHost host;

  /** Follows them by way of this host, which is asked each time. */
  public FileLinks(EvalHost host) {
    this.host = host;
  }

  /** The path with every link resolved; parts that do not exist stay as they are. */
  public String resolve(String path) throws IOException {
    return resolve(path, true);
  }

  /** The path with links resolved in all parts but the last. */
  public String resolveParents(String path) throws IOException {
    return resolve(path, false);
  }

  private String resolve(String path, boolean last) throws IOException {
    String done = "";
    String rest = path;
    int links = 0;
    while (true) {
      int start = 0;
      while (start < rest.length() && rest.charAt(start) == '/') {
        start++;
      }
      if (start == rest.length()) {
        return done.isEmpty() ? "/" : done;
      }
      int end = rest.indexOf('/', start);
      String part = end < 0 ? rest.substring(start) : rest.substring(start, end);
      rest = end < 0 ? "" : rest.substring(end);
      if (part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        done = done.isEmpty() ? "" : done.substring(0, done.lastIndexOf('/'));
        continue;
      }
      String next = done + "/" + part;
      Optional<FileType> type = rest.isEmpty() && !last ? Optional.empty() : host.typeOf(next);
      if (type.isPresent() && type.get() == FileType.SYMLINK) {
        if (++links > MAX_LINKS) {
          throw new IOException(
              "too many symbolic links encountered while traversing the path '" + path + "'");
        }
        String target = host.readLink(next);
        rest = target + rest;
        if (target.startsWith("/")) {
          done = "";
        }
      } else {
        done = next;
      }
    }
  }

  private Optional<FileType> type(String path) throws IOException {
    try {
      return host.typeOf(path);
    } catch (EvalException e) {
      // Nix asks for the folders above first, so that the first that must not be read is told.
      resolveParents(path);
      throw e;
    }
  }

  /**
   * The file that {@code import} reads for a path: links are followed, and of a folder it is {@code
   * default.nix}, whether or not that is there.
   *
   * @throws EvalException if nothing is there, or more than 1024 links follow each other
   */
  public String importTarget(String path) {
    try {
      String p = path;
      for (int i = 0; i < MAX_LINKS; i++) {
        Optional<FileType> type = type(p);
        if (type.isEmpty()) {
          throw EvalException.other("path '" + p + "' does not exist");
        }
        if (type.get() != FileType.SYMLINK) {
          return type.get() == FileType.DIRECTORY ? Paths.canonical(p + "/default.nix") : p;
        }
        int slash = p.lastIndexOf('/');
        p = Paths.absolute(host.readLink(p), slash <= 0 ? "/" : p.substring(0, slash));
      }
      throw EvalException.other(
          "too many symbolic links encountered while traversing the path '" + path + "'");
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
