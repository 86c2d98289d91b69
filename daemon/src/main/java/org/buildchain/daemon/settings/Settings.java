package org.buildchain.daemon.settings;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.buildchain.store.format.FormatException;

/**
 * The settings of one command. Names and meanings are those of {@code nix.conf} where Nix has the
 * setting; {@link #known} lists all. Immutable.
 */
public final class Settings {
  private static final Map<String, String> DEFAULTS =
      KnownSettings.ALL.stream()
          .collect(Collectors.toUnmodifiableMap(Setting::name, Setting::initial));

  private final Map<String, String> values;

  Settings(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** The settings as they are when nothing sets them. */
  public static Settings initial() {
    return new Settings(DEFAULTS);
  }

  /** Every setting there is, by name. */
  public static List<Setting> known() {
    return KnownSettings.ALL;
  }

  /** Whether there is a setting of this name. */
  public static boolean exists(String name) {
    return DEFAULTS.containsKey(name);
  }

  /**
   * These settings with one changed. A name {@code extra-…} appends to a list.
   *
   * @throws FormatException if there is no such setting or the value is not of its type
   */
  public Settings with(String name, String value) {
    boolean append = name.startsWith("extra-") && exists(name.substring(6));
    String key = append ? name.substring(6) : name;
    if (!exists(key)) {
      throw new FormatException("setting '" + name + "'", "is unknown");
    }
    Map<String, String> next = new LinkedHashMap<>(values);
    next.put(key, append ? (text(key) + " " + value).strip() : value.strip());
    Settings result = new Settings(next);
    result.check(key);
    return result;
  }

  /** Whether a setting is {@code true} or {@code false}. */
  public static boolean isFlag(String name) {
    String initial = DEFAULTS.getOrDefault(name, "");
    return initial.equals("true") || initial.equals("false");
  }

  private void check(String name) {
    String initial = DEFAULTS.getOrDefault(name, "");
    if (name.equals("max-jobs")) {
      maxJobs();
    } else if (isFlag(name)) {
      flag(name);
    } else if (!initial.isEmpty() && initial.chars().allMatch(Character::isDigit)) {
      number(name);
    }
  }

  /** A setting's text. */
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new FormatException("setting '" + name + "'", "is unknown");
    }
    return value;
  }

  /** A list of words. */
  public List<String> list(String name) {
    String value = text(name).strip();
    return value.isEmpty() ? List.of() : Arrays.asList(value.split("\\s+"));
  }

  /**
   * {@code true}, {@code yes} or {@code 1}, or their opposites.
   *
   * @throws FormatException if it is none of them
   */
  public boolean flag(String name) {
    return switch (text(name)) {
      case "true", "yes", "1" -> true;
      case "false", "no", "0" -> false;
      default ->
          throw new FormatException(
              "setting '" + name + "'", "expected 'true' or 'false', not '" + text(name) + "'");
    };
  }

  /**
   * A number, at least 0.
   *
   * @throws FormatException if it is none
   */
  public long number(String name) {
    try {
      long value = Long.parseLong(text(name));
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message below says the same.
    }
    throw new FormatException(
        "setting '" + name + "'", "expected a whole number, not '" + text(name) + "'");
  }

  /** Whether all of them have the same texts. */
  @Override
  public boolean equals(Object o) {
    return o instanceof Settings s && s.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** All of them as lines {@code name = value}, by name; without secrets. */
  public String toText() {
    StringBuilder out = new StringBuilder();
    KnownSettings.ALL.forEach(
        s -> out.append(s.name()).append(" = ").append(s.shown(text(s.name()))).append('\n'));
    return out.toString();
  }

  /** How many builds run at once: {@code max-jobs}, where {@code auto} is the machine's cores. */
  public int maxJobs() {
    return text("max-jobs").equals("auto")
        ? Runtime.getRuntime().availableProcessors()
        : (int) Math.min(number("max-jobs"), 4096);
  }
}
