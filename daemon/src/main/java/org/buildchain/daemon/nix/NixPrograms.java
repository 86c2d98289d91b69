package org.buildchain.daemon.nix;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.buildchain.daemon.command.Program;
import picocli.CommandLine;

/** The programs of Nix that the client stands for. */
public final class NixPrograms {
  private NixPrograms() {}

  /** All of them, by name. */
  public static Map<String, Program> all() {
    Map<String, Program> all = new LinkedHashMap<>();
    add(all, "nix-build", NixBuild::new);
    add(all, "nix-instantiate", NixInstantiate::new);
    add(all, "nix-hash", NixHash::new);
    add(all, "nix-env", NixEnv::new);
    return all;
  }

  private static void add(Map<String, Program> to, String name, Supplier<NixCommand> command) {
    to.put(name, new Simple(name, command));
  }

  /** The command line of a command, reading arguments as Nix does. */
  static CommandLine line(NixCommand command) {
    CommandLine line = new CommandLine(command);
    // "--argstr a --strict" passes "--strict".
    line.setAllowOptionsAsOptionParameters(true);
    return line;
  }

  /** A program with one command line. */
  private record Simple(String name, Supplier<NixCommand> command) implements Program {
    @Override
    public Map<String, Supplier<CommandLine>> lines() {
      return Map.of(name, () -> line(command.get()));
    }

    @Override
    public Choice choose(List<String> args) {
      return new Choice(name, name, SettingFlags.spelledOut(name, args));
    }
  }
}
