package org.buildchain.daemon.nix;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.buildchain.daemon.command.Program;
import org.buildchain.daemon.nix.env.NixEnv;
import org.buildchain.daemon.nix.hash.HashCommand;
import org.buildchain.daemon.nix.hash.NixHash;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.daemon.nix.program.SettingFlags;
import org.buildchain.daemon.nix.shell.DevelopCommand;
import org.buildchain.daemon.nix.shell.NixShellProgram;
import org.buildchain.daemon.nix.shell.PrintDevEnv;
import org.buildchain.daemon.nix.store.NixStore;
import org.buildchain.daemon.server.Invocation;
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
    add(all, "nix-collect-garbage", NixCollectGarbage::new);
    add(all, "nix-daemon", NixDaemonProgram::new);
    add(all, "nix-prefetch-url", NixPrefetchUrl::new);
    all.put(NixShellProgram.NAME, new NixShellProgram());
    all.put(NixStore.NAME, new NixStore());
    return all;
  }

  /** The commands of bc that have to do with these programs. */
  public static Map<String, Supplier<CommandLine>> commands() {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("develop", DevelopCommand::line);
    commands.put("print-dev-env", () -> new CommandLine(new PrintDevEnv()));
    commands.put("derivation", DerivationCommand::line);
    commands.put("why-depends", () -> new CommandLine(new WhyDepends()));
    commands.put("hash", HashCommand::line);
    commands.put("link-nix-commands", () -> new CommandLine(new LinkNixCommands(all().keySet())));
    return commands;
  }

  private static void add(Map<String, Program> to, String name, Supplier<NixCommand> command) {
    to.put(name, new Simple(name, command));
  }

  /** A program with one command line. */
  private record Simple(String name, Supplier<NixCommand> command) implements Program {
    @Override
    public Map<String, Supplier<CommandLine>> lines() {
      return Map.of(name, () -> command.get().line());
    }

    @Override
    public Choice choose(Invocation invocation) {
      return new Choice(name, name, SettingFlags.spelledOut(name, invocation.args()));
    }
  }
}
