package org.buildchain.language.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;
import java.util.SortedMap;
import org.buildchain.language.EvalHost;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.language.error.EvalException;

/** Reads by way of the host; what fails is reported in Nix's words. */
public final class HostReads {
  private final EvalHost host;

  /**
   * Reads by way of this host. All of its methods throw an {@link EvalException} for what fails.
   */
  public HostReads(EvalHost host) {
    this.host = host;
  }

  /** A file's content. */
  public String file(String path) {
    try {
      return host.readFile(path);
    } catch (IOException e) {
      if (isFolder(path)) {
        throw EvalException.other("reading from file '" + path + "': Is a directory");
      }
      throw e instanceof NoSuchFileException
          ? EvalException.other("path '" + path + "' does not exist")
          : failed("opening file '" + path + "'", e);
    }
  }

  private boolean isFolder(String path) {
    try {
      return host.typeOf(new FileLinks(host).resolve(path)).equals(Optional.of(FileType.DIRECTORY));
    } catch (IOException e) {
      return false;
    }
  }

  /** A folder's entries. */
  public SortedMap<String, FileType> folder(String path) {
    try {
      return host.readDirectory(path);
    } catch (IOException e) {
      throw switch (e) {
        case NoSuchFileException _ -> EvalException.other("path '" + path + "' does not exist");
        case NotDirectoryException _ -> EvalException.other("'" + path + "' is not a directory");
        default -> failed("reading directory " + path, e);
      };
    }
  }

  /** What to throw where copying {@code path} into the store failed. */
  public static EvalException copying(String path, IOException e) {
    return e instanceof NoSuchFileException
        ? EvalException.other("path '" + path + "' does not exist")
        : EvalException.other(e.getMessage());
  }

  private static EvalException failed(String what, IOException e) {
    return EvalException.other(what + ": " + reason(e));
  }

  /** Why something failed, in the system's words where there are some. */
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "Permission denied";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> e.getMessage();
    };
  }
}
