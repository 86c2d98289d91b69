package org.buildchain.substituter.upload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.buildchain.store.hash.Hash;

/**
 * A cache in a folder, as {@code nix copy --to file://…} makes it. A file is on the disk before it
 * gets its name; until then it is called {@code .….tmp}.
 */
final class FolderFiles implements CacheFiles {
  private static final String NARS = "nar";

  private final String url;
  private final Path folder;

  /** The folder is made if there is none, and those in it that Nix makes, too. */
  FolderFiles(String url, Path folder) throws IOException {
    this.url = url;
    this.folder = folder.normalize();
    try {
      for (String name : List.of(NARS, "realisations", "log")) {
        Files.createDirectories(folder.resolve(name));
      }
    } catch (IOException e) {
      throw new IOException("cannot write to '" + url + "': " + Problem.words(e), e);
    }
  }

  @Override
  public String url() {
    return url;
  }

  private Path path(String name) throws IOException {
    Path path = folder.resolve(name).normalize();
    if (!path.startsWith(folder) || path.equals(folder)) {
      throw new IOException("'" + name + "' is outside of the cache");
    }
    return path;
  }

  @Override
  public boolean has(String name) throws IOException {
    return Files.exists(path(name));
  }

  @Override
  public Optional<byte[]> read(String name, int most) throws IOException {
    try (InputStream in = Files.newInputStream(path(name))) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException("'" + path(name) + "' has more than " + most + " bytes");
      }
      return Optional.of(bytes);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void write(String name, String type, byte[] content) throws IOException {
    Path to = path(name);
    Path fresh = fresh(to.getParent());
    try {
      Files.write(fresh, content, StandardOpenOption.CREATE_NEW);
      place(fresh, to);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Beside where it will stand: a file is renamed on one file system only. */
  @Override
  public Path draft() throws IOException {
    return Files.createFile(fresh(folder.resolve(NARS)));
  }

  private static Path fresh(Path parent) {
    return parent.resolve("." + UUID.randomUUID() + ".tmp");
  }

  @Override
  public void add(String name, String type, Path file, Hash sha256) throws IOException {
    Path to = path(name);
    if (!Files.exists(to)) {
      place(file, to);
    }
  }

  /** A name that outlives a loss of power stands for all of the file. */
  private static void place(Path fresh, Path to) throws IOException {
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
