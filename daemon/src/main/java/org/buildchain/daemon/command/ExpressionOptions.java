package org.buildchain.daemon.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Evaluation.Input;
import org.buildchain.daemon.host.CanonicalPath;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is evaluated: the file, attributes and arguments that {@code nix-build} takes. */
final class ExpressionOptions {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description =
          "Files or folders with a default.nix; '-' reads standard input, '<name>' looks in the"
              + " search path. Default: ./default.nix.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = {"-E", "--expr"},
      description = "The arguments are expressions, not files.")
  private boolean expressions;

  @Option(
      names = {"-A", "--attr"},
      paramLabel = "PATH",
      description = "Select an attribute, for example 'pkgs.hello'. May be repeated.")
  private List<String> attributes = new ArrayList<>();

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
      names = "-I",
      paramLabel = "[NAME=]PATH",
      description = "Look for <name> here before NIX_PATH.")
  private List<String> searchPath = new ArrayList<>();

  /** The entries of {@code -I}, octet strings. */
  List<String> searchPath() {
    return searchPath;
  }

  /** The attribute paths given. */
  List<String> attributes() {
    return attributes;
  }

  /** The arguments that name derivations in the store, {@code ….drv}, rather than files. */
  List<String> derivations() {
    return expressions ? List.of() : files.stream().filter(f -> f.endsWith(".drv")).toList();
  }

  /** One query for each file or expression that is no derivation. */
  List<Evaluation.Query> queries(CommandContext context) throws IOException {
    Invocation invocation = context.caller().invocation();
    String cwd = invocation.cwd();
    List<Evaluation.Argument> arguments = new ArrayList<>();
    for (int i = 0; i + 1 < args.size(); i += 2) {
      arguments.add(new Evaluation.Argument(args.get(i), args.get(i + 1), false));
    }
    for (int i = 0; i + 1 < argStrings.size(); i += 2) {
      arguments.add(new Evaluation.Argument(argStrings.get(i), argStrings.get(i + 1), true));
    }
    List<Evaluation.Query> out = new ArrayList<>();
    for (String f : files.isEmpty() ? List.of("./default.nix") : files) {
      if (derivations().contains(f)) {
        continue;
      }
      Input input = expressions ? new Input.Text(f, cwd) : input(f, cwd, context);
      out.add(new Evaluation.Query(input, attributes, arguments, cwd));
    }
    return out;
  }

  private static Input input(String file, String cwd, CommandContext context) throws IOException {
    if (file.equals("-")) {
      return new Input.StandardInput(Octets.of(context.caller().in().readAllBytes()), cwd);
    }
    if (file.startsWith("<") && file.endsWith(">")) {
      return new Input.Text(file, cwd);
    }
    if (file.contains("://") || file.startsWith("channel:")) {
      return new Input.Text("import (builtins.fetchTarball \"" + file + "\")", cwd);
    }
    return new Input.File(CanonicalPath.absolute(file, cwd));
  }
}
