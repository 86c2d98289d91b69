package org.buildchain.derivation.site;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.buildchain.store.path.StorePath;

/**
 * The logs of builds, as Nix's clients read them: {@code drvs/xx/rest.drv}, where {@code xx} are
 * the first two digits of the derivation's base name, or {@code rest.drv.bz2} where the log is
 * long. A log stands for the last build of its derivation, whether that failed or not.
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

  /** Logs of which none is compressed. */
  public static BuildLogs plain(Path folder) {
    return new BuildLogs(folder, false);
  }

  /** The log of a derivation's last build, decompressed, if there is one. The caller closes it. */
  public Optional<InputStream> open(StorePath drvPath) throws IOException {
    for (Form form : Form.values()) {
      try {
        return Optional.of(form.open(file(drvPath, form)));
      } catch (NoSuchFileException e) {
        // In another form, or not at all.
      }
    }
    return Optional.empty();
  }

  /** Stores the log of a build that ran elsewhere, in the place of an older one. */
  public void add(StorePath drvPath, InputStream log) throws IOException {
    try (OutputStream out = create(drvPath)) {
      log.transferTo(out);
    }
  }

  /** A new log, in the place of an older one. */
  public OutputStream create(StorePath drvPath) throws IOException {
    Files.createDirectories(file(drvPath, Form.PLAIN).getParent());
    for (Form form : Form.values()) {
      Files.deleteIfExists(file(drvPath, form));
    }
    if (!compressed) {
      return new BufferedOutputStream(Files.newOutputStream(file(drvPath, Form.PLAIN)));
    }
    return new LogFile(file(drvPath, Form.PLAIN), file(drvPath, Form.BZIP2));
  }

  private Path file(StorePath drvPath, Form form) {
    String name = drvPath.toString();
    return folder.resolve("drvs", name.substring(0, 2), name.substring(2) + form.suffix);
  }

  /** How a log is kept. None is written as gzip any more. */
  private enum Form {
    PLAIN(""),
    BZIP2(".bz2"),
    GZIP(".gz");

    private final String suffix;

    Form(String suffix) {
      this.suffix = suffix;
    }

    InputStream open(Path path) throws IOException {
      InputStream file = Files.newInputStream(path);
      try {
        return switch (this) {
          case PLAIN -> file;
          case BZIP2 -> new BZip2CompressorInputStream(new BufferedInputStream(file));
          case GZIP -> new GZIPInputStream(file);
        };
      } catch (IOException e) {
        file.close();
        throw e;
      }
    }
  }
}
