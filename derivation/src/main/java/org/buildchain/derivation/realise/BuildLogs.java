package org.buildchain.derivation.realise;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.buildchain.store.path.StorePath;

/**
 * The logs of builds, compressed: {@code drvs/xx/rest.drv.gz}, where {@code xx} are the first two
 * digits of the derivation's base name, as in Nix. A log stands for the last build of its
 * derivation, whether that failed or not.
 */
public final class BuildLogs {
  private final Path folder;
  private final boolean compressed;

  /**
   * @param folder is created when the first log is written
   */
  public BuildLogs(Path folder) {
    this(folder, true);
  }

  private BuildLogs(Path folder, boolean compressed) {
    this.folder = folder;
    this.compressed = compressed;
  }

  /** Logs that are not compressed, {@code drvs/xx/rest.drv}, where Nix's clients read them. */
  public static BuildLogs plain(Path folder) {
    return new BuildLogs(folder, false);
  }

  /** The log of a derivation's last build, decompressed, if there is one. The caller closes it. */
  public Optional<InputStream> open(StorePath drvPath) throws IOException {
    try {
      InputStream file = Files.newInputStream(file(drvPath));
      if (!compressed) {
        return Optional.of(file);
      }
      try {
        return Optional.of(new GZIPInputStream(file));
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Stores the log of a build that ran elsewhere, in the place of an older one. */
  public void add(StorePath drvPath, InputStream log) throws IOException {
    try (OutputStream out = create(drvPath)) {
      log.transferTo(out);
    }
  }

  /** A new log, in the place of an older one. */
  OutputStream create(StorePath drvPath) throws IOException {
    Path file = file(drvPath);
    OutputStream out;
    try {
      out = Files.newOutputStream(file);
    } catch (NoSuchFileException e) {
      Files.createDirectories(file.getParent());
      out = Files.newOutputStream(file);
    }
    if (!compressed) {
      return new BufferedOutputStream(out);
    }
    return new GZIPOutputStream(new BufferedOutputStream(out), 1 << 13);
  }

  private Path file(StorePath drvPath) {
    String name = drvPath.toString();
    return folder.resolve(
        "drvs", name.substring(0, 2), name.substring(2) + (compressed ? ".gz" : ""));
  }
}
