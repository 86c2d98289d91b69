package org.buildchain.daemon.command.dispatch;

import java.util.List;
import java.util.Set;
import org.buildchain.language.error.Suggestions;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in Nix's words where it has some. */
final class UsageErrors {
  private UsageErrors() {}

  /**
   * The message.
   *
   * @param args as they were given
   */
  static String message(ParameterException e, List<String> args) {
    switch (e) {
      case UnmatchedArgumentException u when !u.getUnmatched().isEmpty() -> {
        String first = u.getUnmatched().getFirst();
        Set<String> below = u.getCommandLine().getSubcommands().keySet();
        if (!below.isEmpty() && !first.startsWith("-")) {
          String name = u.getCommandLine().getCommandSpec().qualifiedName();
          return "'" + first + "' is not a command of '" + name + "'" + near(below, first);
        }
        return (first.startsWith("-") ? "unrecognised flag '" : "unexpected argument '")
            + first
            + "'";
      }
      case MissingParameterException m -> {
        List<ArgSpec> missing = m.getMissing();
        if (!missing.isEmpty() && missing.getFirst() instanceof OptionSpec option) {
          int wanted = option.arity().min();
          return wanted > 1
              ? "flag '" + option.longestName() + "' requires " + wanted + " arguments"
              : "'" + given(option, args) + "' requires an argument";
        }
        return m.getMessage();
      }
      case MutuallyExclusiveArgsException m -> {
        return m.getMessage().replace("Error: ", "");
      }
      default -> {
        return e.getMessage();
      }
    }
  }

  /** A line that names commands like the one that there is not; empty if there are none. */
  static String near(Set<String> commands, String wanted) {
    String sentence = Suggestions.sentence(Suggestions.of(commands, wanted));
    return sentence.isEmpty() ? "" : "\n       " + sentence;
  }

  /** The name under which an option was given. */
  private static String given(OptionSpec option, List<String> args) {
    return args.stream()
        .filter(List.of(option.names())::contains)
        .reduce((first, second) -> second)
        .orElse(option.longestName());
  }
}
