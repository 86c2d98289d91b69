package org.buildchain.daemon.command.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.buildchain.daemon.command.RestOfLine;
import org.buildchain.daemon.settings.NixSettings;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that every command of Nix takes, spelled out for a command of bc: settings by their names
 * ({@code --no-sandbox}, {@code --substituters URL}), {@code --offline}, and those that change what
 * is said. Source: Nix 2.26 manual, {@code nix}, "Options".
 */
final class CommonFlags {
  private static final Set<String> WITHOUT_EFFECT = Set.of("-v", "--verbose", "--debug");

  /** Each with one value. */
  private static final Set<String> VALUED_WITHOUT_EFFECT = Set.of("--log-format");

  private static final List<String> OFFLINE =
      List.of("--option", "substitute", "false", "--option", "tarball-ttl", "4294967295");

  private final List<String> out = new ArrayList<>();
  private boolean quiet;

  private CommonFlags() {}

  /**
   * Arguments, and what was taken from them.
   *
   * @param quiet whether nothing is to be said of what is being done
   */
  record Given(List<String> arguments, boolean quiet) {}

  /**
   * Spells out what the command does not know itself. What stands behind {@code --}, is an option's
   * value or belongs to another program stays as it is; so does all where the command takes no
   * settings.
   */
  static Given of(CommandLine line, List<String> args) {
    CommonFlags flags = new CommonFlags();
    flags.add(line, args);
    return new Given(List.copyOf(flags.out), flags.quiet);
  }

  private void add(CommandLine line, List<String> args) {
    Map<String, OptionSpec> known = line.getCommandSpec().optionsMap();
    boolean settings = known.containsKey("--option");
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      List<String> rest = args.subList(i, args.size());
      CommandLine below = line.getSubcommands().get(arg);
      if (below != null) {
        out.add(arg);
        add(below, rest.subList(1, rest.size()));
        return;
      }
      OptionSpec option = known.get(arg);
      boolean positional = !arg.startsWith("-") || arg.equals("-");
      if (arg.equals("--")
          || (positional && line.isStopAtPositional())
          || (option != null && option.parameterConsumer() instanceof RestOfLine)) {
        out.addAll(rest);
        return;
      }
      int values = option == null ? 0 : option.arity().min();
      if (option != null || positional || !settings) {
        List<String> taken = rest.subList(0, Math.min(rest.size(), 1 + values));
        out.addAll(taken);
        i += taken.size() - 1;
      } else {
        i += foreign(rest) - 1;
      }
    }
  }

  /** Spells out the first of these, and says how many that were. */
  private int foreign(List<String> args) {
    String arg = args.getFirst();
    String name = arg.startsWith("--") ? NixSettings.current(arg.substring(2)) : "";
    if (WITHOUT_EFFECT.contains(arg)) {
      return 1;
    }
    if (arg.equals("--quiet")) {
      quiet = true;
      return 1;
    }
    if (VALUED_WITHOUT_EFFECT.contains(arg) && args.size() > 1) {
      return 2;
    }
    if (arg.equals("--offline") || arg.equals("--no-net")) {
      out.addAll(OFFLINE);
      return 1;
    }
    if (arg.equals("--no-registries")) {
      out.addAll(List.of("--option", "use-registries", "false"));
      return 1;
    }
    if (NixSettings.isFlag(name)) {
      out.addAll(List.of("--option", name, "true"));
      return 1;
    }
    if (name.startsWith("no-") && NixSettings.isFlag(NixSettings.current(name.substring(3)))) {
      out.addAll(List.of("--option", name.substring(3), "false"));
      return 1;
    }
    if (args.size() > 1 && NixSettings.takesValue(name)) {
      out.addAll(List.of("--option", name, args.get(1)));
      return 2;
    }
    out.add(arg);
    return 1;
  }
}
