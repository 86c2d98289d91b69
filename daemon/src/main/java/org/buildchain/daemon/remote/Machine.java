package org.buildchain.daemon.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.substituter.worker.client.RemoteStore;

/**
 * A machine that builds for others. Source: Nix manual, "Remote builds"; {@code machines.cc} of Nix
 * 2.26.
 *
 * @param url of its store
 * @param systems that it builds for
 * @param sshKey a file with the key by which it lets us in
 * @param jobs builds at a time
 * @param speed relative to others; above 0
 * @param supported features that it has
 * @param mandatory features of which it has all, and builds only what asks for all of them
 * @param hostKey its own key, as a line of known hosts without the host, in base 64
 */
record Machine(
    String url,
    SortedSet<String> systems,
    Optional<String> sshKey,
    int jobs,
    float speed,
    SortedSet<String> supported,
    SortedSet<String> mandatory,
    Optional<String> hostKey) {
  /** Files of machines that name each other in a circle end somewhere. */
  private static final int MAX_DEPTH = 16;

  private static final String BAD = "bad machine specification: ";

  /**
   * Reads the setting {@code builders}.
   *
   * @param system what a line means that names none
   * @throws FormatException if a line is none, in Nix's words
   */
  static List<Machine> parse(String builders, String system) {
    List<String> lines = new ArrayList<>();
    expand(builders, lines, 0);
    return lines.stream().map(line -> line(line, system)).toList();
  }

  private static void expand(String builders, List<String> lines, int depth) {
    if (depth > MAX_DEPTH) {
      throw new FormatException("setting 'builders'", "its files name each other in a circle");
    }
    for (String part : builders.split("[\n;]")) {
      String line = part.strip();
      int comment = line.indexOf('#');
      line = comment < 0 ? line : line.substring(0, comment);
      if (line.startsWith("@")) {
        expand(read(line.substring(1).strip()), lines, depth + 1);
      } else if (!line.isBlank()) {
        lines.add(line);
      }
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new FormatException("setting 'builders'", "cannot read '" + file + "': " + e);
    }
  }

  private static Machine line(String line, String system) {
    List<String> fields = Arrays.asList(line.strip().split("[ \t\r]+"));
    if (fields.getFirst().equals("-")) {
      throw new FormatException(
          BAD + "store URL was not found at the first column of a row: '" + line + "'");
    }
    SortedSet<String> systems = words(fields, 1);
    if (systems.isEmpty()) {
      systems.add(system);
    }
    float speed = speed(fields, line);
    Optional<String> hostKey = field(fields, 7);
    hostKey.ifPresent(key -> requireBase64(key, line));
    return new Machine(
        url(fields.getFirst()),
        systems,
        field(fields, 2),
        jobs(fields, line),
        speed == 0 ? 1 : speed,
        words(fields, 5),
        words(fields, 6),
        hostKey);
  }

  private static String url(String text) {
    return text.contains("/") || text.matches("(auto|daemon|local)?(\\?.*)?|auto|daemon|local")
        ? text
        : "ssh://" + text;
  }

  private static Optional<String> field(List<String> fields, int at) {
    return fields.size() > at && !fields.get(at).equals("-")
        ? Optional.of(fields.get(at))
        : Optional.empty();
  }

  private static SortedSet<String> words(List<String> fields, int at) {
    SortedSet<String> words = new TreeSet<>();
    field(fields, at)
        .ifPresent(
            list -> Arrays.stream(list.split(",")).filter(w -> !w.isEmpty()).forEach(words::add));
    return words;
  }

  private static int jobs(List<String> fields, String line) {
    Optional<String> text = field(fields, 3);
    try {
      return text.isEmpty() ? 1 : Integer.parseUnsignedInt(text.get());
    } catch (NumberFormatException e) {
      throw unconverted(3, line, "unsigned int");
    }
  }

  private static float speed(List<String> fields, String line) {
    Optional<String> text = field(fields, 4);
    float speed;
    try {
      speed = text.isEmpty() ? 1 : Float.parseFloat(text.get());
    } catch (NumberFormatException e) {
      throw unconverted(4, line, "float");
    }
    if (!(speed >= 0)) {
      throw new FormatException("speed factor must be >= 0");
    }
    return speed;
  }

  private static FormatException unconverted(int column, String line, String type) {
    return new FormatException(
        BAD
            + "failed to convert column #"
            + column
            + " in a row: '"
            + line
            + "' to '"
            + type
            + "'");
  }

  private static void requireBase64(String key, String line) {
    try {
      Base64.getDecoder().decode(key);
    } catch (IllegalArgumentException e) {
      throw new FormatException(BAD + "column #7 in a row is not in base 64: '" + line + "'");
    }
  }

  /** Whether it builds what asks for this. */
  boolean suits(String system, SortedSet<String> features) {
    return (system.equals("builtin") || systems.contains(system))
        && features.stream().allMatch(f -> supported.contains(f) || mandatory.contains(f))
        && features.containsAll(mandatory);
  }

  /** Where its store is. */
  RemoteStore store() {
    if (!RemoteStore.isOne(url)) {
      throw new FormatException(
          "'" + url + "'", "builders are reached by ssh://, ssh-ng:// and unix://");
    }
    RemoteStore store = RemoteStore.parse(url);
    store = sshKey.isPresent() ? store.with("ssh-key", sshKey.get()) : store;
    return hostKey.isPresent() ? store.with("base64-ssh-public-host-key", hostKey.get()) : store;
  }

  /** Systems, jobs and features, for an error: as Nix lists them. */
  String describe() {
    return "(["
        + String.join(", ", systems)
        + "], "
        + Integer.toUnsignedString(jobs)
        + ", ["
        + String.join(", ", supported)
        + "], ["
        + String.join(", ", mandatory)
        + "])";
  }
}
