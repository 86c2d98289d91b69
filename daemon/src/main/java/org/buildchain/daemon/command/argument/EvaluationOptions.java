package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Option;

/** What every evaluation may be given: arguments for functions, and a search path. */
public final class EvaluationOptions {
  @Option(
      names = "--arg",
      arity = "2",
      hideParamSyntax = true,
      paramLabel = "NAME EXPR",
      description = "Pass the value of an expression to the function in the file.")
  private List<String> args = new ArrayList<>();

  @Option(
      names = "--argstr",
      arity = "2",
      hideParamSyntax = true,
      paramLabel = "NAME STRING",
      description = "Pass a string to the function in the file.")
  private List<String> argStrings = new ArrayList<>();

  @Option(
      names = "--arg-from-file",
      arity = "2",
      hideParamSyntax = true,
      paramLabel = "NAME FILE",
      description = "Pass what a file holds, as a string.")
  private List<String> argFiles = new ArrayList<>();

  @Option(
      names = "--arg-from-stdin",
      paramLabel = "NAME",
      description = "Pass what standard input holds, as a string.")
  private List<String> argInputs = new ArrayList<>();

  @Option(
      names = {"-I", "--include"},
      paramLabel = "[NAME=]PATH",
      description = "Look for <name> here before NIX_PATH.")
  private List<String> searchPath = new ArrayList<>();

  /** The entries of {@code -I}, octet strings. */
  public List<String> searchPath() {
    return searchPath;
  }

  /** The arguments for functions. */
  public List<Evaluation.Argument> arguments(CommandContext context) throws IOException {
    List<Evaluation.Argument> out = new ArrayList<>();
    for (int i = 0; i + 1 < args.size(); i += 2) {
      out.add(new Evaluation.Argument(args.get(i), args.get(i + 1), false));
    }
    for (int i = 0; i + 1 < argStrings.size(); i += 2) {
      out.add(new Evaluation.Argument(argStrings.get(i), argStrings.get(i + 1), true));
    }
    String cwd = context.caller().invocation().cwd();
    if (!argFiles.isEmpty() || !argInputs.isEmpty()) {
      context.record().takesMore();
    }
    for (int i = 0; i + 1 < argFiles.size(); i += 2) {
      Path file = Path.of(Octets.toText(CanonicalPath.absolute(argFiles.get(i + 1), cwd)));
      String text = Octets.of(Files.readAllBytes(file));
      out.add(new Evaluation.Argument(argFiles.get(i), text, true));
    }
    for (String name : argInputs) {
      String text = Octets.of(context.caller().in().readAllBytes());
      out.add(new Evaluation.Argument(name, text, true));
    }
    return out;
  }
}
