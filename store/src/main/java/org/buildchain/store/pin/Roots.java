package org.buildchain.store.pin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.FileLock;

/**
 * What must not be collected: what pins lead to, and what running processes have open through the
 * mounts. Links and files of pins are anybody's: they are read with limits, followed a few steps,
 * and never written through.
 */
public final class Roots implements LiveRoots {
  private static final int MAX_LINKS = 16;
  private static final long MAX_TEMP_BYTES = 64L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path pins;
  private final List<String> byPath;
  private final String byCid;
  private final Function<String, Optional<StorePath>> object;

  /**
   * @param root the store's root folder
   * @param views the folders that show objects by their store paths
   * @param object the path of the object with a CID, if there is one
   */
  public Roots(Path root, List<Path> views, Function<String, Optional<StorePath>> object) {
    this.pins = root.resolve("pins");
    this.byPath = views.stream().map(v -> v + "/").toList();
    this.byCid = root.resolve("store") + "/";
    this.object = object;
  }

  /**
   * Every path that something keeps alive. Pins whose links lead nowhere, and temporary pins of
   * processes that are gone, are removed.
   */
  @Override
  public Set<StorePath> find() throws IOException {
    Set<StorePath> found = new TreeSet<>();
    try (FileLock _ = lock()) {
      pinned((pin, path) -> found.add(path));
      found.addAll(temporary());
    }
    found.addAll(open());
    return found;
  }

  @Override
  public Held hold() throws IOException {
    FileLock lock = lock();
    return new Held() {
      @Override
      public Set<StorePath> temporary() throws IOException {
        return Roots.this.temporary();
      }

      @Override
      public void close() throws IOException {
        lock.close();
      }
    };
  }

  /** The paths that pins keep alive, by the pin; where that leads to a user's link, by the link. */
  public Map<Path, StorePath> links() throws IOException {
    Map<Path, StorePath> links = new TreeMap<>();
    pinned(
        (pin, path) -> {
          try {
            Path target = pin.resolveSibling(Files.readSymbolicLink(pin)).normalize();
            links.put(within(target.toString()).isPresent() ? pin : target, path);
          } catch (IOException e) {
            // It has gone since.
          }
        });
    return links;
  }

  /**
   * Takes {@code pins/lock}. A process that pins something for itself writes {@code
   * pins/temp/{pid}} and takes the lock, shared, after: what is valid then stays.
   *
   * @throws IOException if another process holds it for ten seconds
   */
  public FileLock lock() throws IOException {
    Path file = pins.resolve("lock");
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(pins);
      try {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (FileAlreadyExistsException e) {
        // Somebody was faster.
      }
    }
    return FileLock.take(Octets.fromText(file.toString()), PATIENCE);
  }

  /**
   * Folders are opened one below the other, never by a path: a user who swaps one for a link
   * meanwhile must not have files removed elsewhere.
   */
  private void pinned(BiConsumer<Path, StorePath> found) throws IOException {
    Path users = pins.resolve("per-user");
    if (!Files.isDirectory(users, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    UserPrincipal owner = Files.getOwner(pins, LinkOption.NOFOLLOW_LINKS);
    try (SecureDirectoryStream<Path> folders = secure(Files.newDirectoryStream(users), users)) {
      for (Path folder : folders) {
        Path name = folder.getFileName();
        UserPrincipal of =
            folders
                .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .owner();
        // Nobody pins in another's name.
        if (of.equals(owner) || of.getName().equals(name.toString())) {
          walk(folders, folder, found, 0);
        }
      }
    }
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> opened, Path folder)
      throws IOException {
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    opened.close();
    throw new IOException("cannot read '" + folder + "' safely on this system");
  }

  private void walk(
      SecureDirectoryStream<Path> parent, Path folder, BiConsumer<Path, StorePath> found, int depth)
      throws IOException {
    if (depth > MAX_LINKS) {
      return;
    }
    try (SecureDirectoryStream<Path> entries =
        parent.newDirectoryStream(folder.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : entries) {
        Path at = folder.resolve(entry.getFileName());
        if (!Files.isSymbolicLink(at)) {
          walk(entries, at, found, depth + 1);
        } else if (!follow(at, found)) {
          entries.deleteFile(entry.getFileName());
        }
      }
    } catch (NotDirectoryException | NoSuchFileException e) {
      // A file, or it has gone.
    } catch (FileSystemException e) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  /** Follows a pin; false if it leads nowhere. */
  private boolean follow(Path pin, BiConsumer<Path, StorePath> found) {
    try {
      Path at = pin;
      for (int i = 0; i < MAX_LINKS; i++) {
        Path target = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
        Optional<StorePath> path = within(target.toString());
        if (path.isPresent()) {
          found.accept(pin, path.get());
          return true;
        }
        if (!Files.isSymbolicLink(target)) {
          // What is there but neither link nor object keeps nothing, and may become a link again.
          return Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        }
        at = target;
      }
      return false;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      // Nobody can tell now: the pin stays, and the next collection asks again.
      return true;
    }
  }

  /** The object that a path leads into, by either view. */
  private Optional<StorePath> within(String path) {
    for (String view : byPath) {
      if (path.startsWith(view)) {
        try {
          return Optional.of(StorePath.parse(first(path, view)));
        } catch (FormatException e) {
          return Optional.empty();
        }
      }
    }
    if (path.startsWith(byCid)) {
      try {
        return object.apply(first(path, byCid));
      } catch (FormatException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static String first(String path, String prefix) {
    int end = path.indexOf('/', prefix.length());
    return path.substring(prefix.length(), end < 0 ? path.length() : end);
  }

  /**
   * What {@code pins/temp} holds: a file for each process, named by its number, with a line for
   * each base name or path that it relies on. Files of processes that are gone are removed.
   */
  public Set<StorePath> temporary() throws IOException {
    Set<StorePath> found = new TreeSet<>();
    Path temp = pins.resolve("temp");
    if (!Files.isDirectory(temp, LinkOption.NOFOLLOW_LINKS)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(temp)) {
      for (Path file : files) {
        if (!Files.exists(Path.of("/proc").resolve(file.getFileName().toString()))) {
          Files.deleteIfExists(file);
        } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Files.size(file) <= MAX_TEMP_BYTES) {
          for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String name = line.substring(line.lastIndexOf('/') + 1);
            try {
              found.add(StorePath.parse(name));
            } catch (FormatException e) {
              // A line that is being written.
            }
          }
        }
      }
    }
    return found;
  }

  @Override
  public Set<StorePath> open() throws IOException {
    return new ProcessRoots(this::within, prefixes()).find();
  }

  private List<String> prefixes() {
    return Stream.concat(byPath.stream(), Stream.of(byCid)).toList();
  }
}
