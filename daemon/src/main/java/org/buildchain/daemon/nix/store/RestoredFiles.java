package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.nar.NarReader;

/**
 * Writes a NAR's content to files. Nothing that stands already is written to, and no link is
 * followed: whatever is written is created.
 */
final class RestoredFiles implements NarReader.Handler {
  /** Who may read a program may run it. */
  private static final Map<PosixFilePermission, PosixFilePermission> RUN =
      Map.of(
          PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);

  private Path at;
  private OutputStream file;
  private boolean executable;

  RestoredFiles(Path at) {
    this.at = at;
  }

  @Override
  public void beginFile(boolean runs, long size) throws IOException {
    executable = runs;
    try {
      file = Files.newOutputStream(at, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw exists("creating file '");
    }
  }

  @Override
  public void content(byte[] data, int offset, int length) throws IOException {
    file.write(data, offset, length);
  }

  @Override
  public void endFile() throws IOException {
    file.close();
    if (executable) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(at);
      RUN.forEach(
          (read, run) -> {
            if (permissions.contains(read)) {
              permissions.add(run);
            }
          });
      Files.setPosixFilePermissions(at, permissions);
    }
  }

  @Override
  public void symlink(String target) throws IOException {
    try {
      Files.createSymbolicLink(at, Path.of(text(target)));
    } catch (FileAlreadyExistsException e) {
      throw exists("creating symlink from '" + at + "' -> '" + text(target));
    }
  }

  @Override
  public void beginDirectory() throws IOException {
    try {
      Files.createDirectory(at);
    } catch (FileAlreadyExistsException e) {
      throw exists("creating directory '");
    }
  }

  @Override
  public void beginEntry(String name) throws IOException {
    at = at.resolve(text(name));
  }

  @Override
  public void endEntry() {
    at = at.getParent();
  }

  @Override
  public void endDirectory() {}

  private CommandException exists(String what) {
    return new CommandException(
        Octets.fromText(what + (what.contains("->") ? "" : at) + "': File exists"));
  }

  /** What Java can name a file by: UTF-8. */
  private static String text(String octets) {
    String text = Octets.toText(octets);
    if (!Octets.fromText(text).equals(octets)) {
      throw new CommandException(
          "'" + octets + "' is not UTF-8, so that nothing is called so here");
    }
    return text;
  }
}
