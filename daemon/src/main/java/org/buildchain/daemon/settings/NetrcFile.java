package org.buildchain.daemon.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.substituter.net.Netrc;

/** The file of the setting {@code netrc-file}. */
public final class NetrcFile {
  private NetrcFile() {}

  /**
   * Reads it; empty if no name is given or there is none.
   *
   * @throws FormatException if it can't be read
   */
  public static Optional<Netrc> read(String name) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(Path.of(Octets.toText(name)))) {
      return Optional.of(Netrc.parse(Octets.of(in.readNBytes(Netrc.MAX_BYTES))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new FormatException("cannot read the netrc file: " + e.getMessage());
    }
  }
}
