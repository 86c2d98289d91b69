package org.buildchain.daemon.command.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * What of the caller's environment a program gets that bc becomes. Source: Nix 2.26 manual, {@code
 * nix env shell}, "Options that change environment variables".
 */
public final class EnvironmentOptions {
  private static final String KEEP = "--keep-env-var";

  @Option(
      names = {"-i", "--ignore-env", "--ignore-environment"},
      description = "Leave out all of the caller's environment that -k does not name.")
  private boolean ignore;

  @Option(
      names = {KEEP, "--keep"},
      paramLabel = "NAME",
      description = "A variable that -i leaves in. May be repeated.")
  private List<String> keep = new ArrayList<>();

  @Option(
      names = {"-u", "--unset-env-var", "--unset"},
      paramLabel = "NAME",
      description = "Leave this variable out. May be repeated.")
  private List<String> unset = new ArrayList<>();

  @Option(
      names = {"-s", "--set-env-var"},
      arity = "2",
      hideParamSyntax = true,
      paramLabel = "NAME VALUE",
      description = "Set this variable. May be repeated.")
  private List<String> set = new ArrayList<>();

  /** The line of a command with these options: there, {@code -k} keeps a variable, as in Nix. */
  public static CommandLine line(BcCommand command) {
    CommandLine line = new CommandLine(command);
    CommandSpec spec = line.getCommandSpec();
    rename(spec, "-k", "--keep-going");
    rename(spec, KEEP, "-k", KEEP, "--keep");
    return line;
  }

  private static void rename(CommandSpec spec, String name, String... names) {
    OptionSpec option = spec.findOption(name);
    spec.remove(option);
    spec.addOption(OptionSpec.builder(option).names(names).build());
  }

  /**
   * The environment that is left of the caller's.
   *
   * @throws CommandException if the options contradict each other
   */
  public SortedMap<String, String> of(Map<String, String> callers) {
    if (ignore && !unset.isEmpty()) {
      throw new CommandException("--unset-env-var does not make sense with --ignore-env");
    }
    if (!ignore && !keep.isEmpty()) {
      throw new CommandException("--keep-env-var does not make sense without --ignore-env");
    }
    SortedMap<String, String> env = new TreeMap<>(callers);
    if (ignore) {
      env.keySet().retainAll(keep);
    }
    env.keySet().removeAll(unset);
    Set<String> done = new TreeSet<>();
    for (int i = 0; i + 1 < set.size(); i += 2) {
      String name = set.get(i);
      if (unset.contains(name)) {
        throw new CommandException(
            "Cannot set environment variable '" + name + "' that is unset with '--unset-env-var'");
      }
      if (!done.add(name)) {
        throw new CommandException(
            "Duplicate definition of environment variable '"
                + name
                + "' with '--set-env-var' is ambiguous");
      }
      env.put(name, set.get(i + 1));
    }
    return env;
  }
}
