package org.buildchain.daemon.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Set;
import org.buildchain.store.format.Octets;

/**
 * The folder of a flake, held open while its lock file is written.
 *
 * <p>Threat: the folder may belong to somebody else, as where root builds a user's flake, and its
 * owner may put links into it, or another folder in its place, while the flake is evaluated. So all
 * is done from the open folder; no link below the one that was named is followed; what is written
 * over is a regular file, in its place, with its owner and mode; and nothing is written unless
 * {@code flake.nix} there is still the one that was evaluated.
 */
final class LockedFolder implements AutoCloseable {
  private final SecureDirectoryStream<Path> folder;
  private final Path name;

  private LockedFolder(SecureDirectoryStream<Path> folder, Path name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * Opens the folder of a file.
   *
   * @param file relative to {@code top}
   * @throws IOException if a folder on the way is a link, or none
   */
  static LockedFolder open(Path top, Path file) throws IOException {
    SecureDirectoryStream<Path> at = secure(Files.newDirectoryStream(top), top);
    for (int i = 0; i < file.getNameCount() - 1; i++) {
      Path name = file.getName(i);
      try (SecureDirectoryStream<Path> outer = at) {
        if (name.toString().equals("..")) {
          throw new FileSystemException(top + "/" + file, null, "leads out of the flake");
        }
        at = outer.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
      }
    }
    return new LockedFolder(at, file.getFileName());
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream, Path top)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> s) {
      return s;
    }
    stream.close();
    throw new FileSystemException(top.toString(), null, "cannot be held open");
  }

  /** Whether the file is there already, be it a link. */
  boolean hasFile() throws IOException {
    try {
      attributes();
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private BasicFileAttributes attributes() throws IOException {
    return folder
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  /**
   * Writes the file.
   *
   * @param flake what {@code flake.nix} beside it must hold, octets
   */
  void write(String flake, byte[] content) throws IOException {
    if (hasFile() && !attributes().isRegularFile()) {
      throw new FileSystemException(name.toString(), null, "Not a regular file");
    }
    if (!holds(Path.of("flake.nix"), Octets.bytes(flake))) {
      throw new FileSystemException(
          name.toString(), null, "'flake.nix' beside it is not the one that was evaluated");
    }
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel out = folder.newByteChannel(name, options)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    }
  }

  private boolean holds(Path file, byte[] content) throws IOException {
    BasicFileAttributes found =
        folder.getFileAttributeView(file, BasicFileAttributeView.class).readAttributes();
    // To open a pipe would be to wait.
    if (!found.isRegularFile() || found.size() != content.length) {
      return false;
    }
    try (SeekableByteChannel in = folder.newByteChannel(file, Set.of(StandardOpenOption.READ))) {
      ByteBuffer all = ByteBuffer.allocate(content.length + 1);
      while (all.hasRemaining() && in.read(all) >= 0) {
        // On to the end.
      }
      return Arrays.equals(Arrays.copyOf(all.array(), all.position()), content);
    }
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
