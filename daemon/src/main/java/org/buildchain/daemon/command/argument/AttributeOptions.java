package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Stack;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Evaluation.Input;
import org.buildchain.daemon.evaluation.OutputsSpec;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * What a command's arguments are attributes of, as Nix's newer commands are told. Source: Nix 2.26
 * manual, {@code nix}, "Installables".
 */
public final class AttributeOptions {
  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description =
          "The arguments are attributes of this file's value, 'pkgs.hello' or 'pkgs.hello^dev'; '.'"
              + " is the value itself. '-' reads standard input.")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--expr",
      paramLabel = "EXPR",
      parameterConsumer = Text.class,
      description = "The arguments are attributes of this expression's value.")
  private Expression expression = new Expression(false, Optional.empty());

  /**
   * What {@code --expr} was given.
   *
   * @param given whether it was
   * @param text none if the arguments are expressions
   */
  private record Expression(boolean given, Optional<String> text) {
    // picocli asks for it each time.
    @Override
    public String toString() {
      return text.orElse("");
    }
  }

  /** Takes an expression; where none follows the arguments are expressions, as with {@code -E}. */
  static final class Text implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
      boolean none = args.isEmpty() || command.optionsMap().containsKey(args.peek());
      option.setValue(new Expression(true, none ? Optional.empty() : Optional.of(args.pop())));
    }
  }

  /** Whether the arguments are attributes. */
  public boolean given() {
    return file.isPresent() || expression.text().isPresent();
  }

  /** Whether the arguments are expressions. */
  boolean expressions() {
    return expression.given() && expression.text().isEmpty();
  }

  /**
   * One query for each path of an attribute; the whole value if there is none.
   *
   * @throws CommandException if more than one thing is named whose attributes they are
   */
  public List<Evaluation.Query> queries(
      CommandContext context, List<String> paths, List<Evaluation.Argument> arguments)
      throws IOException {
    if (file.isPresent() && expression.given()) {
      throw new CommandException("'--file' and '--expr' are exclusive");
    }
    String cwd = context.caller().invocation().cwd();
    Input of = expression.text().isPresent() ? text(cwd) : file(context, cwd);
    List<Evaluation.Query> out = new ArrayList<>();
    for (String path : paths.isEmpty() ? List.of(".") : paths) {
      OutputsSpec.Selected selected = OutputsSpec.parse(path);
      String attribute = selected.of().equals(".") ? "" : selected.of();
      Input input = new Input.Attribute(of, attribute, selected.outputs());
      out.add(new Evaluation.Query(input, List.of(), arguments, cwd));
    }
    return out;
  }

  private Input text(String cwd) {
    return new Input.Text(expression.text().orElseThrow(), cwd);
  }

  private Input file(CommandContext context, String cwd) throws IOException {
    Input named = ExpressionOptions.input(file.orElseThrow(), cwd, path -> path, context);
    return named instanceof Input.File || named instanceof Input.Lookup
        ? new Input.Imported(named)
        : named;
  }
}
