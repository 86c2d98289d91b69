package org.buildchain.daemon.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.store.Octets;

/**
 * The host's files as an evaluation may read them. Devices and FIFOs are refused: reading one could
 * wait for ever or change the machine. Paths are octet strings.
 */
final class HostFiles {
  /** The most bytes of one file. */
  static final long MAX_FILE = 1L << 30;

  private HostFiles() {}

  /** The type, links not followed; empty if nothing stands there. */
  static Optional<FileType> typeOf(String path) throws IOException {
    try {
      return Optional.of(
          type(
              Files.readAttributes(
                  path(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (java.nio.file.FileSystemException e) {
      if ("Not a directory".equals(e.getReason())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static FileType type(BasicFileAttributes a) {
    if (a.isRegularFile()) {
      return FileType.REGULAR;
    }
    if (a.isDirectory()) {
      return FileType.DIRECTORY;
    }
    return a.isSymbolicLink() ? FileType.SYMLINK : FileType.UNKNOWN;
  }

  /** A link's target. */
  static String readLink(String path) throws IOException {
    return Octets.fromText(Files.readSymbolicLink(path(path)).toString());
  }

  /** A regular file's content, links followed. */
  static String readFile(String path) throws IOException {
    Path file = path(path);
    // Looked at before it is opened, since opening a FIFO would wait for its other end.
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new IOException("'" + path + "' is not a regular file");
    }
    if (attributes.size() > MAX_FILE) {
      throw new IOException("file '" + path + "' is longer than " + MAX_FILE + " bytes");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) MAX_FILE);
      if (in.read() >= 0) {
        throw new IOException("file '" + path + "' is longer than " + MAX_FILE + " bytes");
      }
      return Octets.of(bytes);
    }
  }

  /** A folder's entries. */
  static SortedMap<String, FileType> readDirectory(String path) throws IOException {
    SortedMap<String, FileType> entries = new TreeMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(path(path))) {
      for (Path entry : stream) {
        FileType type =
            type(Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        entries.put(Octets.fromText(entry.getFileName().toString()), type);
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  private static Path path(String octets) throws IOException {
    try {
      return Path.of(Octets.toText(octets));
    } catch (InvalidPathException e) {
      throw new IOException("'" + octets + "' is not a path", e);
    }
  }
}
