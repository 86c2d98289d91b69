package org.buildchain.daemon.settings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * Where settings come from, later ones over earlier ones: the defaults, {@code /etc/bc/bc.conf},
 * {@code bc.conf} in the store's root, {@code bc/bc.conf} in the caller's {@code $XDG_CONFIG_HOME}
 * or {@code ~/.config}, then the command's options.
 */
public final class SettingsLoader {
  private static final Path SYSTEM = Path.of("/etc/bc/bc.conf");

  private SettingsLoader() {}

  /**
   * What was read.
   *
   * @param warnings settings that are unknown, for the user
   * @param files those that were looked for, there or not
   */
  public record Loaded(Settings settings, List<String> warnings, List<Path> files) {}

  /**
   * Reads the files.
   *
   * @param env the caller's environment, of octet strings
   * @throws FormatException for a malformed line or value, with its place
   */
  public static Loaded load(Path root, Map<String, String> env) throws IOException {
    Settings settings = Settings.initial();
    List<String> warnings = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    for (Path file : files(root, env)) {
      for (SettingsFile.Line line : SettingsFile.read(file, files)) {
        String name = NixSettings.current(line.name());
        if (!Settings.exists(name)
            && !(name.startsWith("extra-") && Settings.exists(name.substring(6)))) {
          warnings.add(
              (NixSettings.isForeign(name)
                      ? "setting '" + name + "' of Nix has no effect here"
                      : "unknown setting '" + name + "'")
                  + " ("
                  + line.where()
                  + ")");
          continue;
        }
        try {
          settings = settings.with(name, line.value());
        } catch (FormatException e) {
          throw new FormatException(line.where(), e.getMessage());
        }
      }
    }
    return new Loaded(settings, List.copyOf(warnings), List.copyOf(files));
  }

  /**
   * The settings in a file of Nix's ({@code nix.conf}). Those that bc does not have are passed
   * over.
   *
   * @throws FormatException for a malformed line or value, with its place
   */
  public static Settings nix(Path file) throws IOException {
    Settings settings = Settings.initial();
    for (SettingsFile.Line line : SettingsFile.read(file, new ArrayList<>())) {
      String name = NixSettings.current(line.name());
      if (Settings.exists(name)
          || (name.startsWith("extra-") && Settings.exists(name.substring(6)))) {
        try {
          settings = settings.with(name, line.value());
        } catch (FormatException e) {
          throw new FormatException(line.where(), e.getMessage());
        }
      }
    }
    return settings;
  }

  static List<Path> files(Path root, Map<String, String> env) {
    List<Path> files = new ArrayList<>();
    files.add(SYSTEM);
    files.add(root.resolve("bc.conf"));
    String config = env.getOrDefault("XDG_CONFIG_HOME", "");
    String home = env.getOrDefault("HOME", "");
    if (config.startsWith("/")) {
      files.add(Path.of(Octets.toText(config), "bc", "bc.conf"));
    } else if (home.startsWith("/")) {
      files.add(Path.of(Octets.toText(home), ".config", "bc", "bc.conf"));
    }
    return files;
  }
}
