package org.buildchain.store.pin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * What running processes have open, run, map, stand in, or name in their environment, as far as
 * this user may see it: a shell finds its programs by its PATH. Source: {@code
 * LocalStore::findRuntimeRoots} of Nix 2.26.
 */
final class ProcessRoots {
  /** The kernel gives arguments and environment together a quarter of the stack, 6 MiB at most. */
  private static final int MAX_ENVIRONMENT = 8 << 20;

  private final Function<String, Optional<StorePath>> within;
  private final List<String> prefixes;

  /**
   * @param within the object that a path leads into, if it leads into one
   * @param prefixes what the paths of objects begin with
   */
  ProcessRoots(Function<String, Optional<StorePath>> within, List<String> prefixes) {
    this.within = within;
    this.prefixes = prefixes;
  }

  Set<StorePath> find() throws IOException {
    Set<StorePath> found = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        links(process, found);
        maps(process.resolve("maps"), found);
        environment(process.resolve("environ"), found);
      }
    }
    return found;
  }

  private void links(Path process, Set<StorePath> found) {
    List<Path> links = new ArrayList<>();
    links.add(process.resolve("exe"));
    links.add(process.resolve("cwd"));
    links.add(process.resolve("root"));
    try (Stream<Path> fds = Files.list(process.resolve("fd"))) {
      fds.forEach(links::add);
    } catch (IOException | UncheckedIOException e) {
      // It has ended, or belongs to another user.
    }
    for (Path link : links) {
      try {
        within.apply(Files.readSymbolicLink(link).toString()).ifPresent(found::add);
      } catch (IOException e) {
        // As above.
      }
    }
  }

  /** The sixth field of a line of proc(5)'s maps is the file. */
  private void maps(Path maps, Set<StorePath> found) {
    String last = "";
    try (BufferedReader lines = Files.newBufferedReader(maps, StandardCharsets.ISO_8859_1)) {
      for (String line; (line = lines.readLine()) != null; ) {
        int at = line.indexOf('/');
        if (at > 0 && !line.substring(at).equals(last)) {
          last = line.substring(at);
          within.apply(last).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      // It has ended, or belongs to another user.
    }
  }

  private void environment(Path file, Set<StorePath> found) {
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      text = Octets.of(in.readNBytes(MAX_ENVIRONMENT));
    } catch (IOException e) {
      // As above.
      return;
    }
    for (String prefix : prefixes) {
      for (int at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
        int end = at + prefix.length();
        while (end < text.length() && isOfName(text.charAt(end))) {
          end++;
        }
        within.apply(text.substring(at, end)).ifPresent(found::add);
      }
    }
  }

  /** What names of store paths consist of. Source: Nix manual, "Store Path". */
  private static boolean isOfName(char c) {
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || "+-._?=".indexOf(c) >= 0;
  }
}
