package org.buildchain.daemon.host.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.buildchain.language.EvalHost;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.FileStamp;
import org.buildchain.store.posix.FileStamps;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;

/**
 * The host's files as an evaluation may read them. Devices, {@code /dev/null} excepted, and FIFOs
 * are refused: reading one could wait for ever or change the machine. Paths are octet strings.
 */
public final class HostFiles {
  /** The most bytes of one file. */
  static final int MAX_FILE = 1 << 30;

  /** Seconds; more than the granularity of any file system's clock. */
  private static final int SETTLED = 2;

  private HostFiles() {}

  /** The type, links not followed; empty if nothing stands there. */
  public static Optional<FileType> typeOf(String path) throws IOException {
    try {
      return Posix.find(path).map(s -> typeOf(s.type()));
    } catch (AccessDeniedException e) {
      throw Denied.of(e);
    }
  }

  /** A file's type in the language's terms. */
  public static FileType typeOf(FileStatus.Type type) {
    return switch (type) {
      case REGULAR -> FileType.REGULAR;
      case DIRECTORY -> FileType.DIRECTORY;
      case SYMLINK -> FileType.SYMLINK;
      case OTHER -> FileType.UNKNOWN;
    };
  }

  /**
   * What tells whether something has changed; empty if nothing stands there, and for what changed
   * so recently that another change could leave the same stamp.
   */
  public static Optional<Object> stamp(String path, boolean follow) {
    try {
      FileStamp stamp = Posix.stamp(path, follow);
      long now = System.currentTimeMillis() / 1000;
      return stamp.changedSeconds() < now - SETTLED ? Optional.of(stamp) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * What {@link #stamp} takes, of several places at once.
   *
   * @param mine whether a path is one of the host's files; what is none has no stamp
   */
  public static Optional<EvalHost.Stamps> stamps(
      List<EvalHost.Place> places, Predicate<String> mine) {
    long settled = System.currentTimeMillis() / 1000 - SETTLED;
    List<FileStamps.Place> all =
        places.stream().map(p -> new FileStamps.Place(p.path(), p.follow())).toList();
    return FileStamps.take(all)
        .map(
            stamps ->
                new EvalHost.Stamps() {
                  @Override
                  public boolean tells(int place) {
                    return mine.test(places.get(place).path()) && stamps.tells(place, settled);
                  }

                  @Override
                  public void ignore(int place) {
                    stamps.ignore(place);
                  }

                  @Override
                  public BitSet differing() {
                    return stamps.differing();
                  }
                });
  }

  /** A link's target. */
  public static String readLink(String path) throws IOException {
    return Posix.readLink(path);
  }

  /** A regular file's content, links followed. */
  public static String readFile(String path) throws IOException {
    if (path.equals("/dev/null")) {
      return "";
    }
    // Looked at before it is opened: a device must not even be opened.
    FileStatus status = Posix.statusFollowing(path);
    if (status.type() != FileStatus.Type.REGULAR) {
      throw new IOException("'" + path + "' is not a regular file");
    }
    if (status.size() > MAX_FILE) {
      throw tooLong(path);
    }
    try (InputStream in = Posix.openFollowing(path)) {
      byte[] bytes = in.readNBytes(MAX_FILE);
      if (bytes.length == MAX_FILE) {
        throw tooLong(path);
      }
      return Octets.of(bytes);
    }
  }

  private static IOException tooLong(String path) {
    return new IOException("file '" + path + "' is longer than " + MAX_FILE + " bytes");
  }

  private static List<Posix.Entry> list(String path) throws IOException {
    try {
      return Posix.list(path);
    } catch (NoSuchFileException e) {
      // The same error stands for what is no folder.
      if (Posix.find(path).isPresent()) {
        throw new NotDirectoryException(e.getFile());
      }
      throw e;
    }
  }

  /** A folder's entries. */
  public static SortedMap<String, FileType> readDirectory(String path) throws IOException {
    SortedMap<String, FileType> entries = new TreeMap<>();
    for (Posix.Entry entry : list(path)) {
      FileStatus.Type type = entry.type();
      if (type == FileStatus.Type.OTHER) {
        // Some file systems leave it to another call.
        try {
          type = Posix.status(path + "/" + entry.name()).type();
        } catch (NoSuchFileException e) {
          continue;
        }
      }
      entries.put(entry.name(), typeOf(type));
    }
    return entries;
  }
}
