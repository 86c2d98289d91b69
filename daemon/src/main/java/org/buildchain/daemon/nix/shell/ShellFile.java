package org.buildchain.daemon.nix.shell;

import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.store.format.Octets;

/** The expression that {@code nix-shell} takes from a folder. */
final class ShellFile {
  private ShellFile() {}

  /**
   * {@code shell.nix} in a folder, or {@code default.nix}; any other path as it is.
   *
   * @throws CommandException if the folder has neither
   */
  static String in(String path) {
    Path at = Path.of(Octets.toText(path));
    if (!Files.isDirectory(at)) {
      return path;
    }
    for (String name : new String[] {"shell.nix", "default.nix"}) {
      if (Files.exists(at.resolve(name))) {
        return (path.equals("/") ? "" : path) + "/" + name;
      }
    }
    throw new CommandException("neither 'shell.nix' nor 'default.nix' found in '" + path + "'");
  }
}
