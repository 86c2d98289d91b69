package org.buildchain.daemon.nix;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.buildchain.daemon.settings.Settings;

/**
 * Nix takes the name of each setting for an option too: {@code --sandbox}, {@code --no-sandbox},
 * {@code --max-jobs 2}. Here they are spelled out as {@code --option sandbox true} and so on.
 */
final class SettingFlags {
  /** Settings of Nix that scripts name so and that bc has not; they come to a warning. */
  private static final Set<String> FOREIGN =
      Set.of(
          "builders",
          "substituters",
          "trusted-public-keys",
          "trusted-substituters",
          "experimental-features");

  private SettingFlags() {}

  /** The arguments, settings among them spelled out. */
  static List<String> spelledOut(String program, List<String> args) {
    List<String> out = new ArrayList<>(args.size());
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      String name = arg.startsWith("--") ? arg.substring(2) : "";
      if (program.equals("nix-env") && name.equals("system")) {
        // An option of its own there.
        out.add(arg);
      } else if (isFlag(name)) {
        out.addAll(List.of("--option", name, "true"));
      } else if (name.startsWith("no-") && isFlag(name.substring(3))) {
        out.addAll(List.of("--option", name.substring(3), "false"));
      } else if (i + 1 < args.size() && takesValue(name)) {
        out.addAll(List.of("--option", name, args.get(++i)));
      } else {
        out.add(arg);
      }
    }
    return out;
  }

  private static boolean isFlag(String name) {
    return Settings.exists(name) && Settings.isFlag(name);
  }

  private static boolean takesValue(String name) {
    String plain = name.startsWith("extra-") ? name.substring("extra-".length()) : name;
    return FOREIGN.contains(plain) || (Settings.exists(plain) && !Settings.isFlag(plain));
  }
}
