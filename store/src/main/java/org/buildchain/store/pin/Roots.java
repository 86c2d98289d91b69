package org.buildchain.store.pin;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * What must not be collected: what pins lead to, and what running processes have open through the
 * mounts. Links and files of pins are anybody's: they are read with limits, followed a few steps,
 * and never written through.
 */
public final class Roots {
  private static final int MAX_LINKS = 16;
  private static final long MAX_TEMP_BYTES = 64L << 20;

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
  public Set<StorePath> find() throws IOException {
    Set<StorePath> found = new TreeSet<>();
    walk(pins.resolve("per-user"), found, 0);
    temporary(found);
    found.addAll(open());
    return found;
  }

  private void walk(Path folder, Set<StorePath> found, int depth) throws IOException {
    if (depth > MAX_LINKS || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (Files.isSymbolicLink(entry)) {
          if (!follow(entry, found)) {
            Files.deleteIfExists(entry);
          }
        } else {
          walk(entry, found, depth + 1);
        }
      }
    }
  }

  /** Follows a pin; false if it leads nowhere. */
  private boolean follow(Path pin, Set<StorePath> found) {
    try {
      Path at = pin;
      for (int i = 0; i < MAX_LINKS; i++) {
        Path target = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
        Optional<StorePath> path = within(target.toString());
        if (path.isPresent()) {
          found.add(path.get());
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

  /** {@code pins/temp/{pid}}: a line for each base name or path that a living process relies on. */
  private void temporary(Set<StorePath> found) throws IOException {
    Path temp = pins.resolve("temp");
    if (!Files.isDirectory(temp)) {
      return;
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
  }

  /** What running processes have open, run, map, or stand in, as far as this user may see it. */
  public Set<StorePath> open() throws IOException {
    Set<StorePath> found = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        List<Path> links = new ArrayList<>();
        links.add(process.resolve("exe"));
        links.add(process.resolve("cwd"));
        links.add(process.resolve("root"));
        try (Stream<Path> fds = Files.list(process.resolve("fd"))) {
          fds.forEach(links::add);
        } catch (IOException | java.io.UncheckedIOException e) {
          // It has ended, or belongs to another user.
        }
        for (Path link : links) {
          try {
            within(Files.readSymbolicLink(link).toString()).ifPresent(found::add);
          } catch (IOException e) {
            // As above.
          }
        }
        maps(process.resolve("maps"), found);
      }
    }
    return found;
  }

  /** The sixth field of a line of proc(5)'s maps is the file. */
  private void maps(Path maps, Set<StorePath> found) {
    String last = "";
    try (BufferedReader lines = Files.newBufferedReader(maps, StandardCharsets.ISO_8859_1)) {
      for (String line; (line = lines.readLine()) != null; ) {
        int at = line.indexOf('/');
        if (at > 0 && !line.substring(at).equals(last)) {
          last = line.substring(at);
          within(last).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      // It has ended, or belongs to another user.
    }
  }
}
