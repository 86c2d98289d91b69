package org.buildchain.language.flake;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.Input;

/**
 * Where a flake is: what is fetched, and the folder in it that has {@code flake.nix}, empty for the
 * tree itself.
 */
record FlakeRef(Input input, String dir) {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneOffset.UTC);

  /**
   * What attributes stand for; the reverse of {@link #attributes}.
   *
   * @throws org.buildchain.language.fetch.InputException if they stand for nothing
   */
  static FlakeRef of(Map<String, Object> attributes) {
    Map<String, Object> rest = new TreeMap<>(attributes);
    Object dir = rest.remove("dir");
    return switch (dir) {
      case null -> new FlakeRef(Input.of(rest), "");
      case String s -> new FlakeRef(Input.of(rest), s);
      default -> throw EvalException.other("input attribute 'dir' is not a string " + dir);
    };
  }

  /** A name that a registry would translate. */
  static FlakeRef indirect(String id) {
    return of(Map.of("type", "indirect", "id", id));
  }

  /** All attributes, {@code dir} among them if it is not empty. */
  SortedMap<String, Object> attributes() {
    SortedMap<String, Object> all = new TreeMap<>(input.attributes());
    if (!dir.isEmpty()) {
      all.put("dir", dir);
    }
    return all;
  }

  /** What is written into lock files: what is locked there is final without saying so. */
  SortedMap<String, Object> lockAttributes() {
    SortedMap<String, Object> all = attributes();
    all.remove("__final");
    return all;
  }

  /** The URL, and the day of the last change if that is known. */
  String described() {
    return "'"
        + this
        + "'"
        + input
            .number("lastModified")
            .map(n -> " (" + DAY.format(Instant.ofEpochSecond(n)) + ")")
            .orElse("");
  }

  @Override
  public String toString() {
    return FlakeRefs.print(attributes());
  }
}
