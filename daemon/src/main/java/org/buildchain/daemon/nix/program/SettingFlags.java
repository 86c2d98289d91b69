package org.buildchain.daemon.nix.program;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.settings.NixSettings;

/**
 * Nix takes the name of each setting for an option too: {@code --sandbox}, {@code --no-sandbox},
 * {@code --max-jobs 2}. Here they are spelled out as {@code --option sandbox true} and so on.
 */
public final class SettingFlags {
  private SettingFlags() {}

  /** The arguments, settings among them spelled out. */
  public static List<String> spelledOut(String program, List<String> args) {
    List<String> out = new ArrayList<>(args.size());
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      String name = arg.startsWith("--") ? arg.substring(2) : "";
      if (program.equals("nix-env") && name.equals("system")) {
        // An option of its own.
        out.add(arg);
      } else if (NixSettings.isFlag(NixSettings.current(name))) {
        out.addAll(List.of("--option", name, "true"));
      } else if (name.startsWith("no-")
          && NixSettings.isFlag(NixSettings.current(name.substring(3)))) {
        out.addAll(List.of("--option", name.substring(3), "false"));
      } else if (i + 1 < args.size() && NixSettings.takesValue(NixSettings.current(name))) {
        out.addAll(List.of("--option", name, args.get(++i)));
      } else {
        out.add(arg);
      }
    }
    return out;
  }
}
